import { describe, expect, test } from 'vitest';
import type { BlockDeviceRequest } from '../../src/domain/block-device-request.ts';
import { settleBlockDevices } from '../../src/domain/block-device-settle.ts';

const snapshots = new Map([
  ['snap-8', { volumeSize: 8, encrypted: false }],
  ['snap-e', { volumeSize: 4, encrypted: true }],
]);

const settle = (...requests: BlockDeviceRequest[]) =>
  settleBlockDevices(requests, { rootDeviceName: '/dev/xvda', virtualizationType: 'hvm', snapshots });
const root = (ebs: BlockDeviceRequest['Ebs'] = {}): BlockDeviceRequest => ({
  DeviceName: '/dev/xvda',
  Ebs: { SnapshotId: 'snap-8', ...ebs },
});
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return [(error as { code: string }).code, (error as Error).message];
  }
  return undefined;
};

describe('the block devices of a registered image', () => {
  test('take size and encryption from the snapshot, gp2 and deletion on termination by default', () => {
    expect(
      settle(
        root(),
        { DeviceName: '/dev/sdf', Ebs: { SnapshotId: 'snap-e' } },
        { DeviceName: '/dev/sdg', Ebs: { VolumeSize: 10, Encrypted: true, DeleteOnTermination: false } },
        { DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' },
        { DeviceName: '/dev/sdz', NoDevice: '' },
      ),
    ).toEqual([
      {
        deviceName: '/dev/xvda',
        ebs: {
          snapshotId: 'snap-8',
          volumeSize: 8,
          volumeType: 'gp2',
          deleteOnTermination: true,
          encrypted: false,
        },
      },
      {
        deviceName: '/dev/sdf',
        ebs: {
          snapshotId: 'snap-e',
          volumeSize: 4,
          volumeType: 'gp2',
          deleteOnTermination: true,
          encrypted: true,
        },
      },
      {
        deviceName: '/dev/sdg',
        ebs: { volumeSize: 10, volumeType: 'gp2', deleteOnTermination: false, encrypted: true },
      },
      { deviceName: '/dev/sdb', virtualName: 'ephemeral0' },
    ]);
  });

  test('get the usual performance of gp3', () => {
    expect(settle(root({ VolumeType: 'gp3', VolumeSize: 20 }))[0]?.ebs).toMatchObject({
      iops: 3000,
      throughput: 125,
      volumeSize: 20,
    });
  });

  test('need a snapshot for the root device', () => {
    const expected = ['InvalidBlockDeviceMapping', 'No root snapshot specified in device mapping.'];
    expect(codeOf(() => settle())).toEqual(expected);
    expect(codeOf(() => settle({ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8 } }))).toEqual(expected);
    expect(codeOf(() => settle({ DeviceName: '/dev/sda1', Ebs: { SnapshotId: 'snap-8' } }))).toEqual(
      expected,
    );
    expect(codeOf(() => settle({ DeviceName: '/dev/xvda', NoDevice: '' }))).toEqual(expected);
  });

  test.each<[string, BlockDeviceRequest[], string, string]>([
    [
      'a volume smaller than its snapshot',
      [root({ VolumeSize: 4 })],
      'InvalidBlockDeviceMapping',
      "Volume of size 4GB is smaller than snapshot 'snap-8', expect size >= 8GB",
    ],
    [
      'encryption of a snapshot',
      [root({ Encrypted: true })],
      'InvalidBlockDeviceMapping',
      'the encrypted flag cannot be specified since device /dev/xvda has a snapshot specified.',
    ],
    [
      'a device named twice',
      [root(), root()],
      'InvalidBlockDeviceMapping',
      "The device '/dev/xvda' is used in more than one block-device mapping",
    ],
    [
      'a root volume of st1',
      [root({ VolumeType: 'st1', VolumeSize: 500 })],
      'InvalidParameterValue',
      'The st1 volume type cannot be used for boot volumes. Please use a supported boot volume type: standard,io1,gp2.',
    ],
    [
      'iops on gp2',
      [root({ Iops: 3000 })],
      'InvalidParameterCombination',
      'The parameter iops is not supported for gp2 volumes.',
    ],
    [
      'throughput on io1',
      [root({ VolumeType: 'io1', Iops: 100, Throughput: 125 })],
      'InvalidBlockDeviceMapping',
      "throughput cannot be specified with the volumeType of device '/dev/xvda'",
    ],
    [
      'io1 without iops',
      [root({ VolumeType: 'io1' })],
      'InvalidParameterCombination',
      'The parameter iops must be specified for io1 volumes.',
    ],
    [
      'more iops than the size allows',
      [root({ VolumeType: 'io1', Iops: 401 })],
      'InvalidParameterValue',
      'Iops to volume size ratio of 50.125000 is too high; maximum is 50',
    ],
    [
      'a size the type lacks',
      [root(), { DeviceName: '/dev/sdf', Ebs: { VolumeType: 'sc1', VolumeSize: 124 } }],
      'InvalidParameterValue',
      'The volume size is invalid for sc1 volumes: 124 GiB. sc1 volumes must be at least 125 GiB in size. Please specify a volume size above the minimum limit.',
    ],
    [
      'a type that does not exist',
      [root({ VolumeType: 'gp9' })],
      'UnknownVolumeType',
      "Unsupported volume type 'gp9' for volume creation.",
    ],
    [
      'a device name the type of virtualization lacks',
      [root(), { DeviceName: '/dev/sdf1', Ebs: { VolumeSize: 1 } }],
      'InvalidBlockDeviceMapping',
      'Invalid device name /dev/sdf1',
    ],
    [
      'neither size nor snapshot',
      [root(), { DeviceName: '/dev/sdf' }],
      'InvalidBlockDeviceMapping',
      'Either snapshot ID or volume size must be provided for: /dev/sdf',
    ],
    [
      'a snapshot nobody knows',
      [root(), { DeviceName: '/dev/sdf', Ebs: { SnapshotId: 'snap-x' } }],
      'InvalidSnapshot.NotFound',
      "The snapshot 'snap-x' does not exist.",
    ],
  ])('refuse %s', (_what, requests, code, message) => {
    expect(codeOf(() => settle(...requests))).toEqual([code, message]);
  });
});
