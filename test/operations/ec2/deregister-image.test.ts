import type { DeregisterImageResult, DescribeImagesResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { deregisterImage } from '../../../src/operations/ec2/deregister-image.ts';
import { describeImages } from '../../../src/operations/ec2/describe-images.ts';
import { registerImage } from '../../../src/operations/ec2/register-image.ts';
import { anImage, aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const imageId = hexId('ami', 1);
const deregister = (input: object = {}, account?: string) =>
  region.call<DeregisterImageResult>(deregisterImage, { ImageId: imageId, ...input }, account);
const device = (deviceName: string, n: number) => ({
  deviceName,
  ebs: {
    snapshotId: hexId('snap', n),
    volumeSize: 8,
    volumeType: 'gp2' as const,
    deleteOnTermination: true,
    encrypted: false,
  },
});

beforeEach(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    await records.images.put(
      anImage({
        name: 'golden',
        launchPermissions: [{ userId: stranger }],
        blockDeviceMappings: [device('/dev/xvda', 1), device('/dev/sdf', 2), device('/dev/sdg', 3)],
      }),
    );
    await records.images.put(
      anImage({
        imageId: hexId('ami', 2),
        state: 'disabled',
        blockDeviceMappings: [device('/dev/sdf', 2)],
      }),
    );
    for (const n of [1, 2]) await records.snapshots.put(aSnapshot({ snapshotId: hexId('snap', n) }));
    for (const accountId of [owner, stranger])
      await records.tags.put({ resourceId: imageId, accountId, resourceType: 'image', tags: { a: 'b' } });
  });
});

describe('DeregisterImage', () => {
  test('takes the image away with its tags and its name, and leaves the snapshots', async () => {
    expect(await deregister()).toEqual({ Return: true });
    expect((await region.call<DescribeImagesResult>(describeImages, { ImageIds: [imageId] })).Images).toEqual(
      [],
    );
    expect(await region.records.read.tags.list()).toEqual([]);
    expect(await region.records.read.snapshots.list()).toHaveLength(2);
    expect(region.jobs).toEqual([]);
    await region.call(registerImage, {
      Name: 'golden',
      VirtualizationType: 'hvm',
      RootDeviceName: '/dev/xvda',
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: hexId('snap', 1) } }],
    });
  });

  test('deletes the snapshots on request, but not those another image uses, and says which', async () => {
    expect(await deregister({ DeleteAssociatedSnapshots: true })).toEqual({
      Return: true,
      DeleteSnapshotResults: [
        { SnapshotId: hexId('snap', 1), ReturnCode: 'success' },
        { SnapshotId: hexId('snap', 2), ReturnCode: 'skipped' },
        { SnapshotId: hexId('snap', 3), ReturnCode: 'client-error' },
      ],
    });
    expect((await region.records.read.snapshots.list()).map(snapshot => snapshot.snapshotId)).toEqual([
      hexId('snap', 2),
    ]);
    expect(region.jobs).toEqual([
      {
        kind: 'delete-snapshot',
        subject: hexId('snap', 1),
        input: { snapshotId: hexId('snap', 1) },
      },
    ]);
  });

  test('does nothing in a dry run', async () => {
    expect((await refusal(deregister({ DryRun: true })))[2]).toBe(412);
    expect((await region.records.read.images.get(imageId))?.state).toBe('available');
  });

  test('tells a second call, an unknown image, a foreign one and a malformed id apart', async () => {
    expect(await refusal(deregister({}, stranger))).toEqual([
      'AuthFailure',
      `Not authorized for image:${imageId}`,
      403,
    ]);
    await deregister();
    expect(await refusal(deregister())).toEqual([
      'InvalidAMIID.Unavailable',
      `The image ID: '${imageId}' is no longer available`,
      400,
    ]);
    expect((await refusal(deregister({}, stranger)))[0]).toBe('InvalidAMIID.NotFound');
    expect((await refusal(deregister({ ImageId: hexId('ami', 9) })))[1]).toBe(
      `The image id '[${hexId('ami', 9)}]' does not exist`,
    );
    expect((await refusal(deregister({ ImageId: 'ami-zz' })))[1]).toBe('Invalid id: "ami-zz"');
  });
});
