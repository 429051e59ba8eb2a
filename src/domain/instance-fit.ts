import type { Firmware, Image } from './image.ts';
import type { Instance } from './instance.ts';
import {
  architectureMismatch,
  bootModeUnsupported,
  enaRequired,
  hvmRequired,
  storeRootUnsupported,
} from './instance-errors.ts';
import { type InstanceType, instanceType } from './instance-types.ts';

/** What of an image, or of an instance made of it, decides where it runs. */
type Fitting = Pick<
  Image,
  'imageId' | 'architecture' | 'virtualizationType' | 'rootDeviceType' | 'bootMode' | 'enaSupport'
>;

/**
 * Refuses an image that cannot run on an instance type (spec C.9).
 * @throws UnsupportedOperation, InvalidParameterValue, InvalidParameterCombination
 */
export function checkFit(image: Fitting, type: InstanceType): void {
  if (!type.architectures.includes(image.architecture))
    throw architectureMismatch(type.architectures, image.architecture);
  if (image.virtualizationType !== 'hvm') throw hvmRequired(type.name);
  // No type here has instance-store disks.
  if (image.rootDeviceType !== 'ebs') throw storeRootUnsupported(type.name, image.imageId);
  const mode = image.bootMode;
  if (mode !== undefined && mode !== 'uefi-preferred' && !type.bootModes.includes(mode))
    throw bootModeUnsupported(type.name, mode);
  if (type.ena === 'required' && !image.enaSupport) throw enaRequired(type.name);
}

/**
 * What boots an instance: what its image asks for, else the default of its type: the BIOS where there is one.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot.html
 */
export function firmwareOn(bootMode: Image['bootMode'], { bootModes }: InstanceType): Firmware {
  if (bootMode === 'uefi' || bootMode === 'legacy-bios') return bootMode;
  const wanted = bootMode === 'uefi-preferred' ? 'uefi' : 'legacy-bios';
  const other = wanted === 'uefi' ? 'legacy-bios' : 'uefi';
  return bootModes.includes(wanted) ? wanted : other;
}

/** `currentInstanceBootMode`. */
export function currentBootMode({
  bootMode,
  instanceType: name,
}: Pick<Instance, 'bootMode' | 'instanceType'>): Firmware | undefined {
  const type = instanceType(name);
  return type && firmwareOn(bootMode, type);
}
