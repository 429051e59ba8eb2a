import type { CreateImageRequest } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createImage } from '../../../src/operations/ec2/create-image.ts';
import { anImage, anInstance, aSnapshot, attachedTo, aVolume, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const instanceId = hexId('i', 1);
const create = (fields: Partial<CreateImageRequest> = {}, account?: string) =>
  region.call<{ ImageId: string }>(createImage, { InstanceId: instanceId, Name: 'copy', ...fields }, account);

beforeEach(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    await records.images.put(
      anImage({
        imdsSupport: 'v2.0',
        launchPermissions: [{ group: 'all' }],
        blockDeviceMappings: [{ deviceName: '/dev/sdb', virtualName: 'ephemeral0' }],
      }),
    );
    await records.instances.put(anInstance({ productCodes: ['code1'], enaSupport: true }));
    await records.volumes.put(
      aVolume({
        volumeId: hexId('vol', 2),
        size: 20,
        volumeType: 'gp3',
        iops: 3000,
        throughput: 125,
        encrypted: true,
        productCodes: ['code2'],
        ...attachedTo(instanceId, '/dev/sdf', false),
      }),
    );
    await records.volumes.put(aVolume({ ...attachedTo(instanceId, '/dev/xvda') }));
    await records.volumes.put(aVolume({ volumeId: hexId('vol', 3) }));
    await records.snapshots.put(aSnapshot({ volumeSize: 5 }));
  });
});

describe('CreateImage', () => {
  test('writes a pending image and a pending snapshot of every attached volume, and enqueues the work', async () => {
    const { ImageId } = await create({ Description: 'as configured' });
    const image = await region.records.read.images.get(ImageId);
    const snapshots = await region.records.read.snapshots.list({ state: 'pending' });
    const snapshotOf = (volumeId: string) => snapshots.find(snapshot => snapshot.volumeId === volumeId)!;

    expect(snapshots).toHaveLength(2);
    expect(snapshotOf(hexId('vol', 2))).toMatchObject({
      ownerId: owner,
      volumeSize: 20,
      progress: 0,
      encrypted: true,
      productCodes: ['code2'],
      startTime: '2026-05-10T13:17:12.000Z',
      description: `Created by CreateImage(${instanceId}) for ${ImageId}`,
    });
    expect(image).toMatchObject({
      state: 'pending',
      ownerId: owner,
      name: 'copy',
      description: 'as configured',
      imageLocation: `${owner}/copy`,
      launchPermissions: [],
      productCodes: ['code1'],
      enaSupport: true,
      imdsSupport: 'v2.0',
      sourceInstanceId: instanceId,
      sourceImageId: hexId('ami', 1),
      sourceImageRegion: 'us-east-1',
    });
    expect(image?.blockDeviceMappings).toEqual([
      {
        deviceName: '/dev/xvda',
        ebs: {
          snapshotId: snapshotOf(hexId('vol', 1)).snapshotId,
          volumeSize: 8,
          volumeType: 'gp2',
          deleteOnTermination: true,
          encrypted: false,
        },
      },
      {
        deviceName: '/dev/sdf',
        ebs: {
          snapshotId: snapshotOf(hexId('vol', 2)).snapshotId,
          volumeSize: 20,
          volumeType: 'gp3',
          iops: 3000,
          throughput: 125,
          deleteOnTermination: false,
          encrypted: true,
        },
      },
      { deviceName: '/dev/sdb', virtualName: 'ephemeral0' },
    ]);
    expect(region.jobs).toEqual([
      { kind: 'create-image', subject: instanceId, input: { imageId: ImageId, instanceId, reboot: true } },
    ]);
  });

  test('reboots neither with NoReboot nor what is stopped', async () => {
    await create({ NoReboot: true });
    await region.records.transaction(async records =>
      records.instances.put(anInstance({ state: 'stopped' })),
    );
    await create({ Name: 'second' });
    expect(region.jobs.map(job => (job.input as { reboot: boolean }).reboot)).toEqual([false, false]);
  });

  test('adjusts the devices: drops, adds, and sets DeleteOnTermination', async () => {
    const { ImageId } = await create({
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: false, VolumeSize: 8 } },
        { DeviceName: '/dev/sdf', NoDevice: '' },
        { DeviceName: '/dev/sdb', NoDevice: '' },
        { DeviceName: '/dev/sdg', Ebs: { SnapshotId: hexId('snap', 1) } },
        { DeviceName: '/dev/sdc', VirtualName: 'ephemeral1' },
      ],
    });
    const image = await region.records.read.images.get(ImageId);
    expect(image?.blockDeviceMappings).toMatchObject([
      { deviceName: '/dev/xvda', ebs: { deleteOnTermination: false } },
      { deviceName: '/dev/sdg', ebs: { snapshotId: hexId('snap', 1), volumeSize: 5 } },
      { deviceName: '/dev/sdc', virtualName: 'ephemeral1' },
    ]);
    expect(await region.records.read.snapshots.list({ state: 'pending' })).toHaveLength(1);
  });

  test('tags the image and every snapshot', async () => {
    await create({
      TagSpecifications: [
        { ResourceType: 'image', Tags: [{ Key: 'a', Value: '1' }] },
        { ResourceType: 'snapshot', Tags: [{ Key: 'b' }] },
      ],
    });
    const tags = await region.records.read.tags.list();
    expect(tags.map(set => [set.resourceType, set.tags]).sort()).toEqual([
      ['image', { a: '1' }],
      ['snapshot', { b: '' }],
      ['snapshot', { b: '' }],
    ]);
  });

  test.each<[string, Partial<CreateImageRequest>, string, string]>([
    [
      'no instance',
      { InstanceId: '' },
      'MissingParameter',
      'The request must contain the parameter InstanceId',
    ],
    [
      'an unknown instance',
      { InstanceId: hexId('i', 9) },
      'InvalidInstanceID.NotFound',
      `The instance ID '${hexId('i', 9)}' does not exist`,
    ],
    [
      'another size for an attached volume',
      { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 16 } }] },
      'InvalidBlockDeviceMapping',
      `Only DeleteOnTermination can be modified for device '/dev/xvda', which has volume ${hexId('vol', 1)} attached`,
    ],
    [
      'encryption of an attached volume',
      { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true } }] },
      'InvalidBlockDeviceMapping',
      'the encrypted flag cannot be specified since device /dev/xvda has a snapshot specified.',
    ],
    [
      'an image without root',
      { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', NoDevice: '' }] },
      'InvalidBlockDeviceMapping',
      "The root device '/dev/xvda' cannot be suppressed",
    ],
    [
      'tags for instances',
      { TagSpecifications: [{ ResourceType: 'instance', Tags: [] }] },
      'InvalidParameterValue',
      "'instance' is not a valid taggable resource type for this operation.",
    ],
  ])('refuses %s', async (_what, fields, code, message) => {
    expect(await refusal(create(fields))).toEqual([code, message, 400]);
    expect(region.jobs).toEqual([]);
    expect(await region.records.read.snapshots.list({ state: 'pending' })).toEqual([]);
  });

  test("does not tell another account's instance from a missing one", async () => {
    expect(await refusal(create({}, stranger))).toEqual([
      'InvalidInstanceID.NotFound',
      `The instance ID '${instanceId}' does not exist`,
      400,
    ]);
  });

  test('refuses an instance without an EBS root, without its root volume, or neither running nor stopped', async () => {
    const put = (fields: Parameters<typeof anInstance>[0]) =>
      region.records.transaction(async records => records.instances.put(anInstance(fields)));
    await put({ rootDeviceType: 'instance-store' });
    expect(await refusal(create())).toEqual([
      'InvalidParameterValue',
      `Value (${instanceId}) for parameter InstanceId is invalid. Instance does not have a volume attached at root (null).`,
      400,
    ]);
    await put({ rootDeviceName: '/dev/sda1' });
    expect((await refusal(create()))[1]).toContain('at root (/dev/sda1).');
    await put({ state: 'stopping' });
    expect(await refusal(create())).toEqual([
      'IncorrectInstanceState',
      `The instance '${instanceId}' is not in the 'running' or 'stopped' state.`,
      400,
    ]);
  });
});
