import { beforeEach, describe, expect, test } from 'vitest';
import { copySnapshot } from '../../../src/operations/ec2/copy-snapshot.ts';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { createVolume } from '../../../src/operations/ec2/create-volume.ts';
import { deleteSnapshot } from '../../../src/operations/ec2/delete-snapshot.ts';
import { deleteTags } from '../../../src/operations/ec2/delete-tags.ts';
import { deregisterImage } from '../../../src/operations/ec2/deregister-image.ts';
import { describeImages } from '../../../src/operations/ec2/describe-images.ts';
import { describeSnapshots } from '../../../src/operations/ec2/describe-snapshots.ts';
import { listImagesInRecycleBin } from '../../../src/operations/ec2/list-images-in-recycle-bin.ts';
import { listSnapshotsInRecycleBin } from '../../../src/operations/ec2/list-snapshots-in-recycle-bin.ts';
import { restoreImageFromRecycleBin } from '../../../src/operations/ec2/restore-image-from-recycle-bin.ts';
import { restoreSnapshotFromRecycleBin } from '../../../src/operations/ec2/restore-snapshot-from-recycle-bin.ts';
import { createRule } from '../../../src/operations/rbin/create-rule.ts';
import { anImage, aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const SnapshotId = hexId('snap', 1);
const ImageId = hexId('ami', 1);
const inBin = { 'aws:recycle-bin:resource-in-bin': 'true' };
const rule = (days: number, input: object = {}, account?: string) =>
  region.call(
    createRule,
    {
      ResourceType: 'EBS_SNAPSHOT',
      RetentionPeriod: { RetentionPeriodValue: days, RetentionPeriodUnit: 'DAYS' },
      ...input,
    },
    account,
  );
const forImages = { ResourceType: 'EC2_IMAGE' };
const put = (snapshot: Parameters<typeof aSnapshot>[0] = {}) =>
  region.records.transaction(async records => records.snapshots.put(aSnapshot(snapshot)));
const putImage = (image: Parameters<typeof anImage>[0] = {}) =>
  region.records.transaction(async records => records.images.put(anImage(image)));
const tag = (id: string, Key: string, Value = '') =>
  region.call(createTags, { Resources: [id], Tags: [{ Key, Value }] });
const tagsOf = async (id: string) => (await region.records.read.tags.get(`${id}/${owner}`))?.tags;
const remove = (account?: string) => region.call(deleteSnapshot, { SnapshotId }, account);
const restore = (account?: string) =>
  region.call<object>(restoreSnapshotFromRecycleBin, { SnapshotId }, account);
const binned = async (input: object = {}, account?: string) =>
  (
    await region.call<{ Snapshots: { SnapshotId: string; RecycleBinExitTime: Date }[] }>(
      listSnapshotsInRecycleBin,
      input,
      account,
    )
  ).Snapshots;
const binnedImages = async (input: object = {}) =>
  (await region.call<{ Images: object[] }>(listImagesInRecycleBin, input)).Images;
const inDays = (days: number) => new Date(region.time.getTime() + days * 24 * 3_600_000);
const notFound = ['InvalidSnapshot.NotFound', `The snapshot '${SnapshotId}' does not exist.`, 400];

beforeEach(async () => {
  region = testRegion();
  await put({ description: 'mine', createVolumePermissions: [stranger] });
});

describe('a deleted snapshot', () => {
  test('is in the bin until its time is over, and nowhere else', async () => {
    await rule(7);
    await tag(SnapshotId, 'a', 'b');
    await remove();
    expect(await binned()).toEqual([
      {
        ...{ SnapshotId, Description: 'mine', VolumeId: 'vol-ffffffff' },
        ...{ RecycleBinEnterTime: region.time, RecycleBinExitTime: inDays(7) },
      },
    ]);
    expect(await binned({}, stranger)).toEqual([]);
    for (const input of [{}, { OwnerIds: ['self'] }])
      expect(await region.call(describeSnapshots, input)).toMatchObject({ Snapshots: [] });
    const uses = [
      region.call(describeSnapshots, { SnapshotIds: [SnapshotId] }),
      region.call(copySnapshot, { SourceSnapshotId: SnapshotId, SourceRegion: 'us-east-1' }),
      region.call(createVolume, { SnapshotId, AvailabilityZone: 'us-east-1a' }),
      remove(),
    ];
    for (const use of uses) expect((await refusal(use))[0]).toBe('InvalidSnapshot.NotFound');
    expect(region.jobs).toEqual([]);
  });

  test('comes back as it was, with its tags and with whom it is shared', async () => {
    await rule(7);
    await tag(SnapshotId, 'a', 'b');
    await remove();
    expect(await tagsOf(SnapshotId)).toEqual({ a: 'b', ...inBin });
    await tag(SnapshotId, 'c', 'd');
    await region.call(deleteTags, { Resources: [SnapshotId] });
    expect(await tagsOf(SnapshotId)).toEqual(inBin);
    await tag(SnapshotId, 'e');
    expect(await restore()).toEqual({
      ...{ SnapshotId, Description: 'mine', Encrypted: false, OwnerId: owner, Progress: '100%' },
      ...{ StartTime: expect.any(Date), State: 'completed', VolumeId: 'vol-ffffffff', VolumeSize: 8 },
    });
    expect(await tagsOf(SnapshotId)).toEqual({ e: '' });
    expect(await binned()).toEqual([]);
    expect(await region.call(describeSnapshots, { SnapshotIds: [SnapshotId] }, stranger)).toMatchObject({
      Snapshots: [{ SnapshotId }],
    });
    expect(await refusal(restore())).toEqual(notFound);
  });

  test('is gone at once where no rule is for it', async () => {
    await rule(7, forImages);
    await rule(7, {}, stranger);
    await rule(7, { ResourceTags: [{ ResourceTagKey: 'a', ResourceTagValue: 'c' }] });
    await rule(7, { ExcludeResourceTags: [{ ResourceTagKey: 'a' }] });
    await tag(SnapshotId, 'a', 'b');
    await remove();
    expect(await binned()).toEqual([]);
    expect(await tagsOf(SnapshotId)).toBeUndefined();
    expect(region.jobs).toMatchObject([{ kind: 'delete-snapshot', subject: SnapshotId }]);
  });

  test('is kept by the longest of the rules for it', async () => {
    await rule(3);
    await rule(30, { ResourceTags: [{ ResourceTagKey: 'a' }] });
    await rule(300, { ResourceTags: [{ ResourceTagKey: 'z' }] });
    await tag(SnapshotId, 'a', 'b');
    await remove();
    expect((await binned())[0]!.RecycleBinExitTime).toEqual(inDays(30));
  });

  test('that was not completed is gone at once', async () => {
    await rule(7);
    await put({ state: 'pending' });
    await remove();
    expect(await binned()).toEqual([]);
  });

  test('stays where it is in a dry run, and another account’s cannot be restored', async () => {
    await rule(7);
    expect((await refusal(region.call(deleteSnapshot, { SnapshotId, DryRun: true })))[2]).toBe(412);
    expect(await binned()).toEqual([]);
    await remove();
    expect(await refusal(restore(stranger))).toEqual(notFound);
    expect((await refusal(binned({ SnapshotIds: [hexId('snap', 9)] })))[0]).toBe(notFound[0]);
    expect(await binned({ SnapshotIds: [SnapshotId] })).toHaveLength(1);
  });
});

describe('a deregistered image', () => {
  const deregister = (input: object = {}) =>
    region.call<{ DeleteSnapshotResults?: object[] }>(deregisterImage, { ImageId, ...input });
  const restoreImage = (id = ImageId) => region.call(restoreImageFromRecycleBin, { ImageId: id });
  const shown = async () =>
    (await region.call<{ Images: object[] }>(describeImages, { ImageIds: [ImageId] })).Images;

  test('is in the bin and comes back by its id, private', async () => {
    await rule(14, forImages);
    await putImage({ description: 'golden', launchPermissions: [{ userId: stranger }] });
    await tag(ImageId, 'a', 'b');
    await deregister();
    expect(await binnedImages()).toEqual([
      {
        ...{ ImageId, Name: `image of ${ImageId}`, Description: 'golden' },
        ...{ RecycleBinEnterTime: region.time, RecycleBinExitTime: inDays(14) },
      },
    ]);
    expect(await shown()).toEqual([]);
    expect((await refusal(deregister()))[0]).toBe('InvalidAMIID.Unavailable');
    expect(await tagsOf(ImageId)).toEqual({ a: 'b', ...inBin });
    await restoreImage();
    expect(await shown()).toMatchObject([{ ImageId, State: 'available', Public: false }]);
    expect((await region.records.read.images.get(ImageId))?.launchPermissions).toEqual([]);
    expect(await tagsOf(ImageId)).toEqual({ a: 'b' });
    expect((await refusal(restoreImage()))[0]).toBe('InvalidAMIID.NotFound');
  });

  test('waits for its snapshots, and is lost without them', async () => {
    await rule(14, forImages);
    await rule(7);
    await putImage();
    const { DeleteSnapshotResults } = await deregister({ DeleteAssociatedSnapshots: true });
    expect(DeleteSnapshotResults).toEqual([{ SnapshotId, ReturnCode: 'success' }]);
    expect(await refusal(restoreImage())).toEqual([
      'IncorrectState',
      `The snapshot '${SnapshotId}' of the image '${ImageId}' is in the Recycle Bin: restore it first.`,
      400,
    ]);
    await restore();
    await restoreImage();
    expect((await refusal(remove()))[0]).toBe('InvalidSnapshot.InUse');
    await deregister();
    await region.records.transaction(records => records.snapshots.delete(SnapshotId));
    expect(await refusal(restoreImage())).toEqual(notFound);
  });

  test('does not come back under a name that is taken, or without its record', async () => {
    await rule(14, forImages);
    await putImage({ name: 'golden' });
    await deregister();
    const other = hexId('ami', 2);
    await putImage({ imageId: other, name: 'golden' });
    expect((await refusal(restoreImage()))[0]).toBe('InvalidAMIName.Duplicate');
    await region.records.transaction(async records => {
      await records.images.delete(other);
      await records.images.delete(ImageId);
    });
    await restoreImage();
    expect(await shown()).toMatchObject([{ ImageId }]);
  });

  test.each<[string, Parameters<typeof anImage>[0]]>([
    ['was pending', { state: 'pending' }],
    ['had failed', { state: 'failed' }],
    ['has no volumes', { rootDeviceType: 'instance-store' }],
  ])('that %s is gone at once', async (_what, fields) => {
    await rule(14, forImages);
    await putImage(fields);
    await deregister();
    expect(await binnedImages()).toEqual([]);
  });

  test('is named by at most twenty ids', async () => {
    const ImageIds = Array.from({ length: 21 }, (_, n) => hexId('ami', n));
    expect((await refusal(binnedImages({ ImageIds })))[0]).toBe('InvalidParameterValue');
    expect((await refusal(binnedImages({ ImageIds: [ImageId] })))[0]).toBe('InvalidAMIID.NotFound');
  });
});
