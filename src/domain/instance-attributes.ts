/** What ModifyInstanceAttribute does to an instance's record, and in which states (spec C.11). */
import { unsupportedOperation } from './errors.ts';
import { hibernated } from './hibernation.ts';
import type { Instance } from './instance.ts';
import type { InstanceAttributeChange } from './instance-attribute-change.ts';
import {
  attributeValueRefused,
  ebsOptimizationUnsupported,
  enaRequired,
  notStopped,
} from './instance-errors.ts';
import { checkFit } from './instance-fit.ts';
import { instanceType, supportsEbsOptimization } from './instance-types.ts';

/** These are read when an instance starts: it must be off. */
const whileStopped = [
  'instanceType',
  'userData',
  'kernel',
  'ramdisk',
  'ebsOptimized',
  'enaSupport',
  'sriovNetSupport',
  'enclaveOptions',
];

/** Changes that concern records of other things that an instance has. */
type OthersAttribute = 'groupSet' | 'sourceDestCheck' | 'blockDeviceMapping';

/** Changes that concern the record of the instance alone. */
export type OwnChange = Exclude<InstanceAttributeChange, { attribute: OthersAttribute }>;

/** @throws IncorrectInstanceState, InvalidInstanceAttributeValue, UnsupportedOperation, and what does not fit the image */
export function changedInstance(instance: Instance, change: OwnChange): Instance {
  checkStateFor(instance, change.attribute);
  switch (change.attribute) {
    case 'instanceType':
      return ofType(instance, change.value);
    case 'userData':
      return { ...instance, userData: change.userData };
    case 'disableApiTermination':
    case 'disableApiStop':
      return { ...instance, [change.attribute]: change.on };
    case 'instanceInitiatedShutdownBehavior':
      return { ...instance, instanceInitiatedShutdownBehavior: change.behavior };
    case 'ebsOptimized':
      if (change.on && !isEbsOptimizable(instance)) throw ebsOptimizationUnsupported();
      return { ...instance, ebsOptimized: change.on };
    case 'enaSupport':
      if (!change.on && instanceType(instance.instanceType)?.ena === 'required')
        throw enaRequired(instance.instanceType);
      return { ...instance, enaSupport: change.on };
    case 'sriovNetSupport':
      return { ...instance, sriovNetSupport: 'simple' };
    case 'enclaveOptions':
      if (!change.on) return instance;
      throw unsupportedOperation('The parameter EnclaveOptions.Enabled is not supported.');
    case 'kernel':
    case 'ramdisk':
      throw unsupportedOperation(
        `The attribute '${change.attribute}' cannot be set: images of virtualization type hvm boot from their own disk.`,
      );
  }
}

/** @throws IncorrectInstanceState where the attribute is changed of stopped instances only */
export function checkStateFor({ instanceId, state }: Instance, attribute: string): void {
  if (whileStopped.includes(attribute) && state !== 'stopped') throw notStopped(instanceId);
}

function ofType(instance: Instance, name: string): Instance {
  if (instance.hibernated) throw hibernated(instance.instanceId);
  const type = instanceType(name);
  if (!type) throw attributeValueRefused(`Invalid value '${name}' for InstanceType.`);
  checkFit(instance, type);
  if (instance.ebsOptimized && !supportsEbsOptimization(type)) throw ebsOptimizationUnsupported();
  const { cpuOptions: _, ...rest } = instance;
  return { ...rest, instanceType: name };
}

function isEbsOptimizable(instance: Instance): boolean {
  const type = instanceType(instance.instanceType);
  return type !== undefined && supportsEbsOptimization(type);
}
