/** Every refusal of block devices, by its exact text: of launches, and what new volumes share with them. */
import { beforeAll, describe } from 'vitest';
import { createVolume } from '../../../../src/operations/ec2/create-volume.ts';
import { runInstances } from '../../../../src/operations/ec2/run-instances.ts';
import { anImage, aSnapshot, hexId } from '../../../support/records.ts';
import type { Row } from '../../errors.ts';
import { stranger, type TestRegion, testRegion } from '../../region.ts';
import { refusesSdk } from '../../sdk-errors.ts';

const [own, other, hidden, pending, encrypted] = [
  ...[1, 2, 3, 4, 5].map(n => hexId('snap', n)),
] as string[] & { length: 5 };

let region: TestRegion;
beforeAll(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    const image = anImage();
    const store = { deviceName: '/dev/sdb', virtualName: 'ephemeral0' };
    await records.images.put({ ...image, blockDeviceMappings: [...image.blockDeviceMappings, store] });
    await records.snapshots.put(aSnapshot({ snapshotId: own }));
    await records.snapshots.put(aSnapshot({ snapshotId: other }));
    await records.snapshots.put(aSnapshot({ snapshotId: hidden, ownerId: stranger }));
    await records.snapshots.put(aSnapshot({ snapshotId: pending, state: 'pending' }));
    await records.snapshots.put(aSnapshot({ snapshotId: encrypted, encrypted: true }));
  });
});

const launch = (...BlockDeviceMappings: object[]) => ({
  operation: runInstances,
  input: {
    ImageId: hexId('ami', 1),
    MinCount: 1,
    MaxCount: 1,
    InstanceType: 't2.micro',
    BlockDeviceMappings,
  },
});
const root = (Ebs: object) => launch({ DeviceName: '/dev/xvda', Ebs });
const data = (Ebs: object) => launch({ DeviceName: '/dev/sdf', Ebs });
const mapping = { code: 'InvalidBlockDeviceMapping' };
const invalid = { code: 'InvalidParameterValue' };
const combination = { code: 'InvalidParameterCombination' };

describe('the root of a launch', () => {
  const kept = { ...mapping, message: "The root device '/dev/xvda' cannot be suppressed or replaced" };
  const boots = (type: string) =>
    `The ${type} volume type cannot be used for boot volumes. Please use a supported boot volume type: standard,io1,gp2.`;
  refusesSdk(() => region, {
    'left out': { ...launch({ DeviceName: '/dev/xvda', NoDevice: '' }), ...kept },
    'replaced by a disk of the host': {
      ...launch({ DeviceName: '/dev/xvda', VirtualName: 'ephemeral0' }),
      ...kept,
    },
    'of another snapshot': {
      ...{ ...root({ SnapshotId: other }), ...mapping },
      message: 'snapshotId cannot be modified on root device',
    },
    'smaller than its snapshot': {
      ...{ ...root({ VolumeSize: 7 }), ...mapping },
      message: `Volume of size 7GB is smaller than snapshot '${own}', expect size >= 8GB`,
    },
    'on st1': { ...root({ VolumeType: 'st1', VolumeSize: 125 }), ...invalid, message: boots('st1') },
    'on sc1': { ...root({ VolumeType: 'sc1', VolumeSize: 125 }), ...invalid, message: boots('sc1') },
    'under a key, not encrypted': {
      ...{ ...root({ KmsKeyId: 'alias/mine' }), code: 'InvalidParameterDependency' },
      message: 'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    },
  });
});

describe('a device of a launch', () => {
  const name = (DeviceName: string) => ({
    ...launch({ DeviceName, Ebs: { VolumeSize: 1 } }),
    ...{ ...mapping, message: `Invalid device name ${DeviceName}` },
  });
  const virtual = (VirtualName: string) => ({
    ...{ ...launch({ DeviceName: '/dev/sdc', VirtualName }), ...invalid },
    message: `Invalid virtual name ${VirtualName}. Expecting ephemeral0 to ephemeral23.`,
  });
  refusesSdk(() => region, {
    'without a name': { ...launch({ Ebs: { VolumeSize: 1 } }), ...mapping, message: 'Missing device name' },
    'with a partition’s name': name('/dev/sdf1'),
    'with a root’s name and a digit': name('/dev/xvda1'),
    'with the name of an IDE disk': name('/dev/hda'),
    'named after no disk': name('/dev/nvme1n1'),
    'named after a file': name('C:/Program Files/Git/dev/sda1'),
    'named twice': {
      ...launch(...[1, 2].map(VolumeSize => ({ DeviceName: '/dev/sdf', Ebs: { VolumeSize } }))),
      ...{ ...mapping, message: "The device '/dev/sdf' is used in more than one block-device mapping" },
    },
    'of neither size nor snapshot': {
      ...{ ...data({ VolumeType: 'gp3' }), ...mapping },
      message: 'Either snapshot ID or volume size must be provided for: /dev/sdf',
    },
    'of a disk the host never has': virtual('ephemeral24'),
    'of a disk by another name': virtual('disk0'),
    'of a snapshot, where the image has a disk of the host': {
      ...{ ...launch({ DeviceName: '/dev/sdb', Ebs: { SnapshotId: other } }), ...mapping },
      message: 'snapshotId can only be modified on EBS devices',
    },
    'beyond what an instance can have': {
      ...launch(
        ...Array.from({ length: 27 }, (_, n) => ({
          DeviceName: n < 21 ? `/dev/sd${'fghijklmnopqrstuvwxyz'[n]}` : `/dev/xvdb${'abcdef'[n - 21]}`,
          Ebs: { VolumeSize: 1 },
        })),
      ),
      code: 'AttachmentLimitExceeded',
      message:
        'You may attach up to 27 devices for this instance type. Please use a larger instance size to attach more volumes. For a detailed list of limits please see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html',
    },
  });
});

describe('the snapshot of a device', () => {
  refusesSdk(() => region, {
    'that nobody has': {
      ...{ ...data({ SnapshotId: hexId('snap', 9) }), code: 'InvalidSnapshot.NotFound' },
      message: `The snapshot '${hexId('snap', 9)}' does not exist.`,
    },
    'that is hidden': {
      ...{ ...data({ SnapshotId: hidden }), code: 'InvalidSnapshot.NotFound' },
      message: `The snapshot '${hidden}' does not exist.`,
    },
    'of another form': {
      ...{ ...data({ SnapshotId: 'vol-00000001' }), code: 'InvalidSnapshotID.Malformed' },
      message: 'Invalid id: "vol-00000001" (expecting "snap-...")',
    },
    'that is not completed': {
      ...{ ...data({ SnapshotId: pending }), code: 'IncorrectState' },
      message: `${pending} is not 'completed'`,
    },
    'that is larger': {
      ...{ ...data({ SnapshotId: other, VolumeSize: 7 }), ...mapping },
      message: `Volume of size 7GB is smaller than snapshot '${other}', expect size >= 8GB`,
    },
    'that is encrypted, for a device that is not': {
      ...{ ...data({ SnapshotId: encrypted, Encrypted: false }), ...mapping },
      message:
        'Encrypted cannot be set to false for device /dev/sdf: its source is encrypted, and is never decrypted.',
    },
  });
});

type Shape = [ebs: Record<string, unknown>, message: string, code?: string];

/** A row for each of some types of volumes. */
const ofTypes = <Value>(
  what: string,
  types: Readonly<Record<string, Value>>,
  shape: (type: string, value: Value) => Shape,
): Readonly<Record<string, Shape>> =>
  Object.fromEntries(
    Object.entries(types).map(([type, value]) => [`${type} ${what}`, shape(type, value)] as const),
  );

const [leastSizes, mostSizes] = [
  { gp2: 1, gp3: 1, io1: 4, io2: 4, st1: 125, sc1: 125, standard: 1 },
  { gp2: 16_384, gp3: 65_536, io1: 16_384, io2: 65_536, st1: 16_384, sc1: 16_384, standard: 1024 },
];
const leastIops = { gp3: 3000, io1: 100, io2: 100 };
const mostIops = { gp3: 80_000, io1: 64_000, io2: 256_000 };
const mostIopsPerGiB = { gp3: 500, io1: 50, io2: 1000 };
const withIops = (VolumeType: string) => ({ VolumeType, ...(VolumeType.startsWith('io') && { Iops: 100 }) });
const big = { VolumeSize: 8000 };

/** Shapes that no volume has: they are refused alike for the device of a launch and for a new volume. */
const shapes: Readonly<Record<string, Shape>> = {
  ...ofTypes('below its least size', leastSizes, (type, least) => [
    { ...withIops(type), VolumeSize: least - 1 },
    `The volume size is invalid for ${type} volumes: ${least - 1} GiB. ${type} volumes must be at least ${least} GiB in size. Please specify a volume size above the minimum limit.`,
  ]),
  ...ofTypes('beyond its greatest size', mostSizes, (type, most) => [
    { ...withIops(type), VolumeSize: most + 1 },
    `Volume of ${most + 1}GiB is too large for volume type ${type}; maximum is ${most}GiB`,
  ]),
  ...ofTypes('with iops', { gp2: 500, st1: 500, sc1: 500, standard: 500 }, (type, VolumeSize) => [
    { VolumeType: type, VolumeSize, Iops: 3000 },
    `The parameter iops is not supported for ${type} volumes.`,
    'InvalidParameterCombination',
  ]),
  ...ofTypes('without iops', { io1: 500, io2: 500 }, (type, VolumeSize) => [
    { VolumeType: type, VolumeSize },
    `The parameter iops must be specified for ${type} volumes.`,
    'InvalidParameterCombination',
  ]),
  ...ofTypes('below its least iops', leastIops, (type, least) => [
    { ...big, VolumeType: type, Iops: least - 1 },
    `Volume iops of ${least - 1} is too low; minimum is ${least}.`,
  ]),
  ...ofTypes('beyond its greatest iops', mostIops, (type, most) => [
    { ...big, VolumeType: type, Iops: most + 1 },
    `Volume iops of ${most + 1} is too high; maximum is ${most}.`,
  ]),
  ...ofTypes('with more iops than its size allows', mostIopsPerGiB, (type, most) => [
    { VolumeType: type, VolumeSize: 8, Iops: 8 * most + 8 },
    `Iops to volume size ratio of ${most + 1}.000000 is too high; maximum is ${most}`,
  ]),
  'gp3 below its least throughput': [
    { VolumeType: 'gp3', VolumeSize: 8, Throughput: 124 },
    'Volume throughput of 124 is too low; minimum is 125.',
  ],
  'gp3 beyond its greatest throughput': [
    { VolumeType: 'gp3', VolumeSize: 100, Iops: 16_000, Throughput: 2001 },
    'Volume throughput of 2001 is too high; maximum is 2000.',
  ],
  'gp3 with more throughput than its iops allow': [
    { VolumeType: 'gp3', VolumeSize: 8, Throughput: 1000 },
    'Throughput (MiBps) to iops ratio of 0.333333 is too high; maximum is 0.250000 MiBps per iops',
  ],
  'a type there is none of': [
    { VolumeType: 'gp9', VolumeSize: 8 },
    "Unsupported volume type 'gp9' for volume creation.",
    'UnknownVolumeType',
  ],
};

const rowsOf = (call: (ebs: Record<string, unknown>) => Pick<Row, 'operation' | 'input'>) =>
  Object.fromEntries(
    Object.entries(shapes).map(([what, [ebs, message, code = 'InvalidParameterValue']]) => [
      what,
      { ...call(ebs), code, message },
    ]),
  );

describe('the shape of a device', () => {
  refusesSdk(() => region, {
    ...rowsOf(data),
    ...Object.fromEntries(
      ['gp2', 'io1', 'st1', 'standard'].map(VolumeType => [
        `${VolumeType} with throughput`,
        {
          ...{ ...data({ VolumeType, VolumeSize: 500, Iops: 500, Throughput: 125 }), ...mapping },
          message: "throughput cannot be specified with the volumeType of device '/dev/sdf'",
        },
      ]),
    ),
  });
});

describe('the shape of a new volume', () => {
  refusesSdk(() => region, {
    ...rowsOf(({ VolumeSize: Size, ...ebs }) => ({
      operation: createVolume,
      input: { AvailabilityZone: 'us-east-1a', Size, ...ebs },
    })),
    'io2 with throughput': {
      operation: createVolume,
      input: { AvailabilityZone: 'us-east-1a', Size: 8, VolumeType: 'io2', Iops: 100, Throughput: 125 },
      ...combination,
      message: 'The throughput parameter is not supported for io2 volumes.',
    },
  });
});
