import type { Image } from './image.ts';
import {
  architectureMismatch,
  bootModeUnsupported,
  enaRequired,
  hvmRequired,
  storeRootUnsupported,
} from './instance-errors.ts';
import type { InstanceType } from './instance-types.ts';

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

/** The firmware an instance runs on, as `currentInstanceBootMode` shows it. */
export function firmwareOf(architecture: string, bootMode: string | undefined): 'legacy-bios' | 'uefi' {
  return bootMode === 'uefi' || bootMode === 'uefi-preferred' || architecture === 'arm64'
    ? 'uefi'
    : 'legacy-bios';
}
