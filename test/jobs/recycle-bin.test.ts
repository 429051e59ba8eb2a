import { afterEach, beforeEach, expect, test } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import { keepHouse } from '../../src/jobs/housekeeping.ts';
import { deleteSnapshot } from '../../src/operations/ec2/delete-snapshot.ts';
import { deregisterImage } from '../../src/operations/ec2/deregister-image.ts';
import { restoreImageFromRecycleBin } from '../../src/operations/ec2/restore-image-from-recycle-bin.ts';
import { restoreSnapshotFromRecycleBin } from '../../src/operations/ec2/restore-snapshot-from-recycle-bin.ts';
import { createRule } from '../../src/operations/rbin/create-rule.ts';
import { imageId, putImage, snapshotId } from '../operations/ec2/launch-fixtures.ts';
import { refusal } from '../support/refusal.ts';
import { type JobRegion, jobRegion, putManifest } from './job-region.ts';

let region: JobRegion;
beforeEach(async () => {
  region = await jobRegion();
  await putImage(region);
  await putManifest(region, snapshotId, { 1: 7 });
  for (const ResourceType of ['EBS_SNAPSHOT', 'EC2_IMAGE']) {
    const RetentionPeriod = { RetentionPeriodValue: 7, RetentionPeriodUnit: 'DAYS' };
    await region.call(createRule, { ResourceType, RetentionPeriod });
  }
  await region.call(deregisterImage, { ImageId: imageId, DeleteAssociatedSnapshots: true });
  await region.settle();
});
afterEach(() => region.close());

const cleaned = async (days: number) => {
  region.time = new Date(region.time.getTime() + days * 24 * 3_600_000);
  await keepHouse(region.services);
  await region.settle();
};
const restoreSnapshot = () => region.call(restoreSnapshotFromRecycleBin, { SnapshotId: snapshotId });

test('what is in the bin keeps its blocks, also over a restart, and comes back whole', async () => {
  await cleaned(6.9);
  await region.restart();
  await restoreSnapshot();
  await region.call(restoreImageFromRecycleBin, { ImageId: imageId });
  expect(await region.snapshotBytes(snapshotId, blockSize, 2)).toEqual(Buffer.alloc(2, 7));
  expect((await region.records.read.images.get(imageId))?.state).toBe('available');
});

test('what was in the bin for its time is gone for good, with its blocks and tags', async () => {
  await cleaned(7);
  expect(await region.records.read.binnedSnapshots.list()).toEqual([]);
  expect(await region.records.read.binnedImages.list()).toEqual([]);
  expect(await region.records.read.tags.list()).toEqual([]);
  expect(await region.blocks.listManifests()).toEqual([]);
  expect((await refusal(restoreSnapshot()))[0]).toBe('InvalidSnapshot.NotFound');
});

test('what was restored is not deleted when its time in the bin would have been over', async () => {
  await restoreSnapshot();
  await cleaned(8);
  expect(await region.blocks.listManifests()).toEqual([snapshotId]);
  await region.call(deleteSnapshot, { SnapshotId: snapshotId });
  await cleaned(6);
  expect(await region.blocks.listManifests()).toEqual([snapshotId]);
});
