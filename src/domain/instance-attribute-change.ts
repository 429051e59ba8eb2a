/** ModifyInstanceAttribute's request, in today's form (`InstanceType.Value`) or the old one (`Attribute`, `Value`). */
import { invalidParameterCombination, invalidParameterValue, missingParameter } from './errors.ts';
import { unknownAttribute } from './instance-errors.ts';
import { oneOf } from './one-of.ts';
import { parseUserData } from './user-data.ts';

interface Flag {
  Value?: boolean;
}
interface Text {
  Value?: string;
}

export interface InstanceAttributeRequest {
  Attribute?: string;
  Value?: string;
  InstanceType?: Text;
  Kernel?: Text;
  Ramdisk?: Text;
  UserData?: { Value?: Uint8Array };
  DisableApiTermination?: Flag;
  DisableApiStop?: Flag;
  EbsOptimized?: Flag;
  EnaSupport?: Flag;
  SourceDestCheck?: Flag;
  EnclaveOptions?: { Enabled?: boolean };
  InstanceInitiatedShutdownBehavior?: Text;
  SriovNetSupport?: Text;
  Groups?: string[];
  BlockDeviceMappings?: DeviceRequest[];
}

interface DeviceRequest {
  DeviceName?: string;
  VirtualName?: string;
  NoDevice?: string;
  Ebs?: { VolumeId?: string; DeleteOnTermination?: boolean };
}

export interface DeviceChange {
  deviceName: string;
  volumeId?: string;
  deleteOnTermination: boolean;
}

export type InstanceAttributeChange =
  | { attribute: 'instanceType' | 'kernel' | 'ramdisk'; value: string }
  | { attribute: 'userData'; userData?: string }
  | { attribute: Exclude<FlagAttribute, 'sourceDestCheck'>; on: boolean }
  | { attribute: 'sourceDestCheck'; on: boolean }
  | { attribute: 'instanceInitiatedShutdownBehavior'; behavior: 'stop' | 'terminate' }
  | { attribute: 'sriovNetSupport' }
  | { attribute: 'groupSet'; groupIds: string[] }
  | { attribute: 'blockDeviceMapping'; devices: DeviceChange[] };

const flags = {
  disableApiTermination: 'DisableApiTermination',
  disableApiStop: 'DisableApiStop',
  ebsOptimized: 'EbsOptimized',
  enaSupport: 'EnaSupport',
  sourceDestCheck: 'SourceDestCheck',
  enclaveOptions: 'EnclaveOptions',
} as const;
type FlagAttribute = keyof typeof flags;

/**
 * The one change a request asks for.
 * @throws InvalidParameterCombination for none or several, InvalidParameterValue, MissingParameter
 */
export function parseInstanceAttributeChange(request: InstanceAttributeRequest): InstanceAttributeChange {
  const changes = inFields(request);
  if (changes.length === 0 && request.Attribute) changes.push(byName(request.Attribute, request.Value));
  if (changes.length === 0) throw invalidParameterCombination('No attributes specified.');
  if (changes.length > 1)
    throw invalidParameterCombination('Fields for multiple attribute types specified: only one at a time.');
  return changes[0]!;
}

function inFields(request: InstanceAttributeRequest): InstanceAttributeChange[] {
  const changes: InstanceAttributeChange[] = [];
  if (request.InstanceType?.Value) changes.push(ofText('instanceType', request.InstanceType.Value));
  if (request.Kernel?.Value) changes.push(ofText('kernel', request.Kernel.Value));
  if (request.Ramdisk?.Value) changes.push(ofText('ramdisk', request.Ramdisk.Value));
  if (request.UserData?.Value) changes.push(ofText('userData', base64Of(request.UserData.Value)));
  if (request.InstanceInitiatedShutdownBehavior?.Value)
    changes.push(
      ofText('instanceInitiatedShutdownBehavior', request.InstanceInitiatedShutdownBehavior.Value),
    );
  if (request.SriovNetSupport?.Value) changes.push(ofText('sriovNetSupport', request.SriovNetSupport.Value));
  for (const [attribute, field] of Object.entries(flags)) {
    const given: Flag & { Enabled?: boolean } = request[field] ?? {};
    const on = given.Value ?? given.Enabled;
    if (on !== undefined) changes.push(flagChange(attribute as FlagAttribute, on));
  }
  const groupIds = [...new Set(request.Groups?.filter(id => id !== ''))];
  if (groupIds.length) changes.push({ attribute: 'groupSet', groupIds });
  const devices = (request.BlockDeviceMappings ?? []).map(deviceChange);
  if (devices.length) changes.push({ attribute: 'blockDeviceMapping', devices });
  return changes;
}

/** An attribute of which only the name and a text are given. */
function byName(attribute: string, value: string | undefined): InstanceAttributeChange {
  if (attribute === 'groupSet') throw missingParameter('GroupId');
  if (attribute === 'blockDeviceMapping') throw missingParameter('BlockDeviceMapping');
  if (value === undefined) throw missingParameter('value');
  if (Object.hasOwn(flags, attribute))
    return flagChange(attribute as FlagAttribute, parseFlag(attribute, value));
  return ofText(attribute, value);
}

function ofText(attribute: string, value: string): InstanceAttributeChange {
  switch (attribute) {
    case 'instanceType':
    case 'kernel':
    case 'ramdisk':
      return { attribute, value };
    case 'userData':
      return { attribute, userData: parseUserData(value) };
    case 'instanceInitiatedShutdownBehavior': {
      const behavior = oneOf(attribute, value, ['stop', 'terminate']);
      if (!behavior) throw missingParameter('value');
      return { attribute, behavior };
    }
    case 'sriovNetSupport':
      oneOf(attribute, value, ['simple']);
      return { attribute };
    default:
      throw unknownAttribute(attribute);
  }
}

function flagChange(attribute: FlagAttribute, on: boolean): InstanceAttributeChange {
  return attribute === 'sourceDestCheck' ? { attribute, on } : { attribute, on };
}

function parseFlag(attribute: string, value: string): boolean {
  const word = value.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw invalidParameterValue(
    `Value (${value}) for parameter ${attribute} is invalid. Expecting true or false.`,
  );
}

/** Only whether a volume ends with its instance can be changed; what is not said is true. */
function deviceChange({ DeviceName, VirtualName, NoDevice, Ebs }: DeviceRequest): DeviceChange {
  if (!DeviceName) throw missingParameter('BlockDeviceMapping.DeviceName');
  if (VirtualName || NoDevice !== undefined)
    throw invalidParameterCombination(
      `Of the device ${DeviceName} only Ebs.DeleteOnTermination can be modified; attach and detach volumes to change the others.`,
    );
  return {
    deviceName: DeviceName,
    volumeId: Ebs?.VolumeId || undefined,
    deleteOnTermination: Ebs?.DeleteOnTermination ?? true,
  };
}

/** Bytes in base64, by hand: rules know no Buffer. */
function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
}
