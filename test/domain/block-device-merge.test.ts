import { describe, expect, test } from 'vitest';
import { mergeBlockDeviceMappings } from '../../src/domain/block-device-merge.ts';
import type { BlockDeviceRequest } from '../../src/domain/block-device-request.ts';

const image = {
  rootDeviceName: '/dev/sda1',
  virtualizationType: 'hvm' as const,
  blockDeviceMappings: [
    {
      deviceName: '/dev/sda1',
      ebs: {
        snapshotId: 'snap-root',
        volumeSize: 8,
        volumeType: 'gp3' as const,
        iops: 4000,
        throughput: 250,
        deleteOnTermination: true,
        encrypted: false,
      },
    },
    {
      deviceName: '/dev/sdf',
      ebs: {
        snapshotId: 'snap-data',
        volumeSize: 10,
        volumeType: 'gp2' as const,
        deleteOnTermination: false,
        encrypted: true,
      },
    },
    { deviceName: '/dev/sdb', virtualName: 'ephemeral0' },
  ],
};
const snapshots = new Map([
  ['snap-root', { volumeSize: 8, encrypted: false }],
  ['snap-data', { volumeSize: 10, encrypted: true }],
  ['snap-other', { volumeSize: 30, encrypted: false }],
]);
const merge = (...requests: BlockDeviceRequest[]) => mergeBlockDeviceMappings(image, requests, snapshots);
const refusal = (...requests: BlockDeviceRequest[]) => {
  try {
    merge(...requests);
  } catch (error) {
    return [(error as { code: string }).code, (error as Error).message];
  }
  return undefined;
};

describe('the devices of a launch', () => {
  test('are those of the image when the request says nothing', () => {
    expect(merge()).toEqual(image.blockDeviceMappings);
  });

  test('take single fields from the request', () => {
    const [root] = merge({
      DeviceName: '/dev/sda1',
      Ebs: { VolumeSize: 20, SnapshotId: '', VolumeType: '' },
    });
    expect(root?.ebs).toEqual({ ...image.blockDeviceMappings[0]?.ebs, volumeSize: 20 });
  });

  test('do not keep the performance of a type that is replaced', () => {
    const [root] = merge({ DeviceName: '/dev/sda1', Ebs: { VolumeType: 'gp2' } });
    expect(root?.ebs).toEqual({
      snapshotId: 'snap-root',
      volumeSize: 8,
      volumeType: 'gp2',
      deleteOnTermination: true,
      encrypted: false,
    });
  });

  test('lose what NoDevice names, also with an empty value, and what VirtualName replaces', () => {
    expect(
      merge({ DeviceName: '/dev/sdf', NoDevice: '' }, { DeviceName: '/dev/sdb', VirtualName: 'ephemeral1' }),
    ).toEqual([image.blockDeviceMappings[0], { deviceName: '/dev/sdb', virtualName: 'ephemeral1' }]);
  });

  test('gain a volume under a name the image lacks, however close', () => {
    const devices = merge({ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 5 } });
    expect(devices.map(device => device.deviceName)).toEqual([
      '/dev/sda1',
      '/dev/sdf',
      '/dev/sdb',
      '/dev/xvda',
    ]);
    expect(devices[3]?.ebs).toEqual({
      volumeSize: 5,
      volumeType: 'gp2',
      deleteOnTermination: true,
      encrypted: false,
    });
  });

  test('take the size of a data snapshot that replaces the image’s own', () => {
    const devices = merge({ DeviceName: '/dev/sdf', Ebs: { SnapshotId: 'snap-other' } });
    expect(devices[1]?.ebs).toMatchObject({ snapshotId: 'snap-other', volumeSize: 30 });
  });

  test('are encrypted on request, and never decrypted', () => {
    expect(merge({ DeviceName: '/dev/sda1', Ebs: { Encrypted: true } })[0]?.ebs?.encrypted).toBe(true);
    expect(refusal({ DeviceName: '/dev/sdf', Ebs: { Encrypted: false } })?.[0]).toBe(
      'InvalidBlockDeviceMapping',
    );
  });

  test('keep the root: no other snapshot, no removal, no shrinking', () => {
    expect(refusal({ DeviceName: '/dev/sda1', Ebs: { SnapshotId: 'snap-other' } })).toEqual([
      'InvalidBlockDeviceMapping',
      'snapshotId cannot be modified on root device',
    ]);
    expect(refusal({ DeviceName: '/dev/sda1', NoDevice: '' })?.[0]).toBe('InvalidBlockDeviceMapping');
    expect(refusal({ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 7 } })).toEqual([
      'InvalidBlockDeviceMapping',
      "Volume of size 7GB is smaller than snapshot 'snap-root', expect size >= 8GB",
    ]);
  });

  test('refuse a key without encryption', () => {
    expect(refusal({ DeviceName: '/dev/sda1', Ebs: { KmsKeyId: 'alias/mine' } })).toEqual([
      'InvalidParameterDependency',
      'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    ]);
  });
});
