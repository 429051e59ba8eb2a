/** Every refusal about instances that are there, by its exact text: their ids, states and attributes. */
import { beforeAll, describe } from 'vitest';
import type { Instance } from '../../../../src/domain/instance.ts';
import { describeInstanceAttribute } from '../../../../src/operations/ec2/describe-instance-attribute.ts';
import { describeInstanceStatus } from '../../../../src/operations/ec2/describe-instance-status.ts';
import { describeInstances } from '../../../../src/operations/ec2/describe-instances.ts';
import { getConsoleOutput } from '../../../../src/operations/ec2/get-console-output.ts';
import { getConsoleScreenshot } from '../../../../src/operations/ec2/get-console-screenshot.ts';
import { getPasswordData } from '../../../../src/operations/ec2/get-password-data.ts';
import { modifyInstanceAttribute } from '../../../../src/operations/ec2/modify-instance-attribute.ts';
import { modifyInstanceMetadataOptions } from '../../../../src/operations/ec2/modify-instance-metadata-options.ts';
import { rebootInstances } from '../../../../src/operations/ec2/reboot-instances.ts';
import { resetInstanceAttribute } from '../../../../src/operations/ec2/reset-instance-attribute.ts';
import { startInstances } from '../../../../src/operations/ec2/start-instances.ts';
import { stopInstances } from '../../../../src/operations/ec2/stop-instances.ts';
import { terminateInstances } from '../../../../src/operations/ec2/terminate-instances.ts';
import { anInstance, anInterface, attachedTo, aVolume, hexId } from '../../../support/records.ts';
import { stranger, type TestRegion, testRegion } from '../../region.ts';
import { refusesSdk } from '../../sdk-errors.ts';

const ids = Array.from({ length: 13 }, (_, n) => hexId('i', n + 1)) as string[] & { length: 13 };
const [running, stopped, pending, stopping, shutting, terminated, store, stored] = ids;
const [guarded, unstoppable, rootless, foreign, unhurried] = ids.slice(8) as string[] & { length: 5 };
const [nobodys, noOnes] = [hexId('i', 98), hexId('i', 99)];
const root = hexId('vol', 1);

const instances: Partial<Instance>[] = [
  { instanceId: running },
  { instanceId: stopped, state: 'stopped', enaSupport: true },
  { instanceId: pending, state: 'pending' },
  { instanceId: stopping, state: 'stopping' },
  { instanceId: shutting, state: 'shutting-down' },
  { instanceId: terminated, state: 'terminated' },
  { instanceId: store, rootDeviceType: 'instance-store' },
  { instanceId: stored, rootDeviceType: 'instance-store', state: 'stopped' },
  { instanceId: guarded, disableApiTermination: true },
  { instanceId: unstoppable, disableApiStop: true },
  { instanceId: rootless, state: 'stopped' },
  { instanceId: foreign, ownerId: stranger },
  { instanceId: unhurried, state: 'stopped', instanceType: 't2.micro' },
];

let region: TestRegion;
beforeAll(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    for (const instance of instances) {
      const { instanceId, state, ownerId } = anInstance(instance);
      await records.instances.put(anInstance(instance));
      if (state === 'terminated') continue;
      const networkInterfaceId = instanceId.replace('i-', 'eni-');
      const attachment = { ...anInterface().attachment!, instanceId };
      await records.networkInterfaces.put(anInterface({ networkInterfaceId, ownerId, attachment }));
    }
    await records.volumes.put(aVolume({ volumeId: root, ...attachedTo(stopped!, '/dev/xvda') }));
  });
});

const invalid = { code: 'InvalidParameterValue' };
const combination = { code: 'InvalidParameterCombination' };
const unsupported = { code: 'UnsupportedOperation' };
const refused = { code: 'InvalidInstanceAttributeValue' };
const state = { code: 'IncorrectInstanceState' };
const missing = (name: string) => ({
  code: 'MissingParameter',
  message: `The request must contain the parameter ${name}`,
});
const notFound = (...missing: (string | undefined)[]) => ({
  code: 'InvalidInstanceID.NotFound',
  message:
    missing.length === 1
      ? `The instance ID '${missing[0]}' does not exist`
      : `The instance IDs '${missing.join(', ')}' do not exist`,
});
const dryRun = {
  code: 'DryRunOperation',
  message: 'Request would have succeeded, but DryRun flag is set.',
  status: 412,
};
const of = (InstanceId: string | undefined, more: object = {}) => ({ InstanceId, ...more });
const all = (...InstanceIds: (string | undefined)[]) => ({ InstanceIds });

describe('an instance’s id', () => {
  const malformed = { code: 'InvalidInstanceID.Malformed' };
  const none = { ...combination, message: 'No instances specified' };
  const many = Array.from({ length: 1001 }, (_, n) => hexId('i', n));
  refusesSdk(() => region, {
    'that nobody has': { operation: describeInstances, input: all(running, nobodys), ...notFound(nobodys) },
    'that nobody has, twice': {
      ...{ operation: stopInstances, input: all(nobodys, running, noOnes) },
      ...notFound(nobodys, noOnes),
    },
    'of another account, for its console': {
      ...{ operation: getConsoleOutput, input: of(foreign) },
      ...notFound(foreign),
    },
    'of another account, for its password': {
      ...{ operation: getPasswordData, input: of(foreign) },
      ...notFound(foreign),
    },
    'of another account, for its end': {
      ...{ operation: terminateInstances, input: all(running, foreign) },
      ...notFound(foreign),
    },
    'of another form': {
      ...{ operation: describeInstanceStatus, input: all('foo'), ...malformed },
      message: 'Invalid id: "foo" (expecting "i-...")',
    },
    'with other digits': {
      ...{ operation: rebootInstances, input: all('i-zz'), ...malformed },
      message: 'Invalid id: "i-zz"',
    },
    'left out of a start': { operation: startInstances, input: {}, ...none },
    'left out of a stop': { operation: stopInstances, input: {}, ...none },
    'left out of a reboot': { operation: rebootInstances, input: {}, ...none },
    'left out of an end': { operation: terminateInstances, input: {}, ...none },
    'that is empty': { operation: terminateInstances, input: all(''), ...missing('InstanceId') },
    'left out of a change': {
      ...{ operation: modifyInstanceAttribute, input: { DisableApiStop: { Value: true } } },
      ...missing('InstanceId'),
    },
    'among more than can end at once': {
      ...{ operation: terminateInstances, input: all(...many), ...invalid },
      message: 'At most 1000 instances can be terminated in one call.',
    },
  });
});

describe('an instance’s state', () => {
  const start = (id: string | undefined) => ({
    ...{ operation: startInstances, input: all(id), ...state },
    message: `The instance '${id}' is not in a state from which it can be started.`,
  });
  const stop = (id: string | undefined) => ({
    ...{ operation: stopInstances, input: all(id), ...state },
    message: `This instance '${id}' is not in a state from which it can be stopped.`,
  });
  const reboot = (id: string | undefined) => ({
    ...{ operation: rebootInstances, input: all(id), ...state },
    message: `The instance '${id}' is not in a state from which it can be rebooted.`,
  });
  refusesSdk(() => region, {
    'stopping, for a start': start(stopping),
    'shutting down, for a start': start(shutting),
    'terminated, for a start': start(terminated),
    'pending, for a stop': stop(pending),
    'shutting down, for a stop': stop(shutting),
    'terminated, for a stop': stop(terminated),
    'pending, for a reboot': reboot(pending),
    'stopping, for a reboot': reboot(stopping),
    'stopped, for a reboot': reboot(stopped),
    'without a root, for a start': {
      ...{ operation: startInstances, input: all(rootless), ...invalid },
      message: `Invalid value '${rootless}' for instanceId. Instance does not have a volume attached at root (/dev/xvda)`,
    },
    'on a root of the host’s, for a stop': {
      ...{ operation: stopInstances, input: all(store), ...unsupported },
      message: `The instance '${store}' does not have an 'ebs' root device type and cannot be stopped.`,
    },
    'on a root of the host’s, for a start': {
      ...{ operation: startInstances, input: all(stored), ...unsupported },
      message: `The instance '${stored}' does not have an 'ebs' root device type and cannot be started.`,
    },
    'stopped, for its screen': {
      ...{ operation: getConsoleScreenshot, input: of(stopped), ...state },
      message: `The instance '${stopped}' is not running: it has no screen to show.`,
    },
    'shutting down, for its metadata': {
      ...{ operation: modifyInstanceMetadataOptions, input: of(shutting, { HttpTokens: 'required' }) },
      ...{
        ...state,
        message: `The instance '${shutting}' is not in a state in which its metadata options can be modified.`,
      },
    },
    'terminated, for its groups': {
      ...{
        operation: modifyInstanceAttribute,
        input: of(terminated, { Groups: [hexId('sg', 1)] }),
        ...state,
      },
      message: `The instance '${terminated}' is terminated: its security groups cannot be modified.`,
    },
    'good for a stop, which is only tried': {
      ...{ operation: stopInstances, input: { ...all(running), DryRun: true } },
      ...dryRun,
    },
    'good for an end, which is only tried': {
      ...{ operation: terminateInstances, input: { ...all(stopped), DryRun: true } },
      ...dryRun,
    },
  });
});

describe('a protected instance', () => {
  const protectedBy = (id: string | undefined, attribute: string, end = 'terminated') => ({
    code: 'OperationNotPermitted',
    message: `The instance '${id}' may not be ${end}. Modify its '${attribute}' instance attribute and try again.`,
  });
  refusesSdk(() => region, {
    terminated: {
      ...{ operation: terminateInstances, input: all(guarded) },
      ...protectedBy(guarded, 'disableApiTermination'),
    },
    'terminated with another of its zone': {
      ...{ operation: terminateInstances, input: all(running, guarded) },
      ...protectedBy(guarded, 'disableApiTermination'),
    },
    stopped: {
      ...{ operation: stopInstances, input: all(running, unstoppable) },
      ...protectedBy(unstoppable, 'disableApiStop', 'stopped'),
    },
    'terminated while it may not stop': {
      ...{ operation: terminateInstances, input: all(unstoppable) },
      ...protectedBy(unstoppable, 'disableApiStop'),
    },
  });
});

describe('a change of an attribute', () => {
  const modify = (id: string | undefined, change: object) => ({
    operation: modifyInstanceAttribute,
    input: of(id, change),
  });
  const wantsStop = (change: object) => ({
    ...{ ...modify(running, change), ...state },
    message: `The instance '${running}' is not in the 'stopped' state.`,
  });
  const device = (DeviceName: string | undefined, more: object = { Ebs: { DeleteOnTermination: true } }) =>
    modify(stopped, { BlockDeviceMappings: [{ DeviceName, ...more }] });
  const ofLaunch = (name: string) =>
    `The attribute '${name}' cannot be set: images of virtualization type hvm boot from their own disk.`;
  refusesSdk(() => region, {
    'of type, while it runs': wantsStop({ InstanceType: { Value: 'm5.large' } }),
    'of user data, while it runs': wantsStop({ UserData: { Value: Buffer.from('x') } }),
    'of kernel, while it runs': wantsStop({ Kernel: { Value: 'aki-12345678' } }),
    'of RAM disk, while it runs': wantsStop({ Ramdisk: { Value: 'ari-12345678' } }),
    'of EBS optimization, while it runs': wantsStop({ EbsOptimized: { Value: true } }),
    'of ENA, while it runs': wantsStop({ EnaSupport: { Value: true } }),
    'of SR-IOV, while it runs': wantsStop({ SriovNetSupport: { Value: 'simple' } }),
    'of kernel': {
      ...modify(stopped, { Kernel: { Value: 'aki-12345678' } }),
      ...unsupported,
      message: ofLaunch('kernel'),
    },
    'to a type there is none of': {
      ...{ ...modify(stopped, { InstanceType: { Value: 'm9.huge' } }), ...refused },
      message: "Invalid value 'm9.huge' for InstanceType.",
    },
    'to a type of another processor': {
      ...{ ...modify(stopped, { InstanceType: { Value: 't4g.micro' } }), ...invalid },
      message:
        "The architecture 'arm64' of the specified instance type does not match the architecture 'x86_64' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.",
    },
    'to a type that wants ENA': {
      ...{ ...modify(unhurried, { InstanceType: { Value: 'm5.large' } }), ...combination },
      message:
        "Enhanced networking with the Elastic Network Adapter (ENA) is required for the 'm5.large' instance type. Ensure that you are using an AMI that is enabled for ENA.",
    },
    'to no ENA, on a type that wants it': {
      ...{ ...modify(stopped, { EnaSupport: { Value: false } }), ...combination },
      message:
        "Enhanced networking with the Elastic Network Adapter (ENA) is required for the 't3.micro' instance type. Ensure that you are using an AMI that is enabled for ENA.",
    },
    'to EBS optimization, on a type without': {
      ...{ ...modify(unhurried, { EbsOptimized: { Value: true } }), code: 'Unsupported' },
      message:
        'The requested configuration is currently not supported. Please check the documentation for supported configurations.',
    },
    'to user data too long': {
      ...{ ...modify(stopped, { UserData: { Value: Buffer.alloc(16_385) } }), ...invalid },
      message: 'User data is limited to 16384 bytes.',
    },
    'to user data that is no base64': {
      ...{ ...modify(stopped, { Attribute: 'userData', Value: '%%%' }), ...invalid },
      message: 'Invalid BASE64 encoding of user data.',
    },
    'to another behaviour at shutdown': {
      ...{ ...modify(running, { InstanceInitiatedShutdownBehavior: { Value: 'sleep' } }), ...invalid },
      message:
        'Value (sleep) for parameter instanceInitiatedShutdownBehavior is invalid. Valid values: stop, terminate.',
    },
    'to neither true nor false': {
      ...{ ...modify(running, { Attribute: 'disableApiStop', Value: 'yes' }), ...invalid },
      message: 'Value (yes) for parameter disableApiStop is invalid. Expecting true or false.',
    },
    'of nothing': { ...modify(running, {}), ...combination, message: 'No attributes specified.' },
    'of two': {
      ...modify(running, { DisableApiStop: { Value: true }, DisableApiTermination: { Value: true } }),
      ...{ ...combination, message: 'Fields for multiple attribute types specified: only one at a time.' },
    },
    'to no value': { ...modify(stopped, { Attribute: 'instanceType' }), ...missing('value') },
    'that cannot be changed': {
      ...{ ...modify(running, { Attribute: 'rootDeviceName', Value: 'x' }), ...invalid },
      message: 'Value (rootDeviceName) for parameter attribute is invalid. Unknown attribute.',
    },
    'at a device without a volume': {
      ...{ ...device('/dev/sdz'), ...refused },
      message: 'No device is currently mapped at /dev/sdz',
    },
    'at a device with another volume': {
      ...{ ...device('/dev/xvda', { Ebs: { VolumeId: hexId('vol', 9) } }), ...refused },
      message: `The volume '${hexId('vol', 9)}' is not mapped at /dev/xvda`,
    },
    'at no device': { ...device(undefined), ...missing('BlockDeviceMapping.DeviceName') },
    'that takes a device away': {
      ...{ ...device('/dev/xvda', { NoDevice: '' }), ...combination },
      message:
        'Of the device /dev/xvda only Ebs.DeleteOnTermination can be modified; attach and detach volumes to change the others.',
    },
    'to a group nobody has': {
      ...{ ...modify(running, { Groups: [hexId('sg', 9)] }), code: 'InvalidGroup.NotFound' },
      message: `The security group '${hexId('sg', 9)}' does not exist`,
    },
    'made only dryly': { ...modify(running, { DisableApiStop: { Value: true }, DryRun: true }), ...dryRun },
  });
});

describe('an attribute', () => {
  const unknown = {
    ...invalid,
    message: 'Value (colour) for parameter attribute is invalid. Unknown attribute.',
  };
  const reset = (id: string | undefined, Attribute?: string) => ({
    operation: resetInstanceAttribute,
    input: of(id, { Attribute }),
  });
  refusesSdk(() => region, {
    'there is none of': {
      ...{ operation: describeInstanceAttribute, input: of(running, { Attribute: 'colour' }) },
      ...unknown,
    },
    'there is none of, reset': { ...reset(running, 'colour'), ...unknown },
    'left out': { operation: describeInstanceAttribute, input: of(running), ...missing('Attribute') },
    'left out of a reset': { ...reset(running), ...missing('Attribute') },
    'reset while it runs': {
      ...{ ...reset(running, 'kernel'), ...state },
      message: `The instance '${running}' is not in the 'stopped' state.`,
    },
  });
});

describe('metadata options', () => {
  const modify = (options: object) => ({
    operation: modifyInstanceMetadataOptions,
    input: of(running, options),
  });
  const hops = (HttpPutResponseHopLimit: number) => ({
    ...{ ...modify({ HttpPutResponseHopLimit }), ...invalid },
    message: `Value (${HttpPutResponseHopLimit}) for parameter HttpPutResponseHopLimit is invalid. It must be between 1 and 64.`,
  });
  refusesSdk(() => region, {
    'left out': {
      ...modify({}),
      ...combination,
      message: 'No metadata options specified: at least one has to be.',
    },
    'of tokens sometimes': {
      ...{ ...modify({ HttpTokens: 'sometimes' }), ...invalid },
      message: 'Value (sometimes) for parameter HttpTokens is invalid. Valid values: optional, required.',
    },
    'of no hop': hops(0),
    'of too many hops': hops(65),
    'of an instance nobody has': {
      ...{ operation: modifyInstanceMetadataOptions, input: of(nobodys, { HttpTokens: 'required' }) },
      ...notFound(nobodys),
    },
  });
});
