import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepHouse } from '../../src/jobs/housekeeping.ts';
import { disableFastSnapshotRestores } from '../../src/operations/ec2/disable-fast-snapshot-restores.ts';
import { enableFastSnapshotRestores } from '../../src/operations/ec2/enable-fast-snapshot-restores.ts';
import { putImage, snapshotId } from '../operations/ec2/launch-fixtures.ts';
import { type JobRegion, jobRegion, putManifest } from './job-region.ts';

let region: JobRegion;
beforeEach(async () => {
  region = await jobRegion();
  await putImage(region);
  await putManifest(region, snapshotId, { 1: 7, 3: 9 });
});
afterEach(() => region.close());

const request = { SourceSnapshotIds: [snapshotId], AvailabilityZones: ['us-east-1a', 'us-east-1b'] };
const enable = () => region.call(enableFastSnapshotRestores, request);
const disable = () => region.call(disableFastSnapshotRestores, request);
const restores = () => region.records.read.fastSnapshotRestores.list();
/** Calls `before` before each warming, which goes on after it. */
const watchWarming = (before: (blocks: readonly number[]) => Promise<unknown> = async () => undefined) => {
  const warmed: number[] = [];
  const { warm } = region.disks;
  region.disks.warm = async (id, blocks) => {
    await before(blocks);
    warmed.push(...blocks);
    await warm(id, blocks);
  };
  return warmed;
};

test('is enabled in all zones once the snapshot’s blocks have been read', async () => {
  const during: string[] = [];
  const warmed = watchWarming(async () => during.push(...(await restores()).map(({ state }) => state)));
  await enable();
  await region.settle();
  expect(warmed).toEqual([1, 3]);
  expect(during).toEqual(['optimizing', 'optimizing']);
  const time = region.time.toISOString();
  const reason = 'Client.UserInitiated - Lifecycle state transition';
  const times = { enabling: time, optimizing: time, enabled: time };
  expect(await restores()).toMatchObject([
    { availabilityZone: 'us-east-1a', state: 'enabled', stateTransitionReason: reason, times },
    { availabilityZone: 'us-east-1b', state: 'enabled', stateTransitionReason: reason, times },
  ]);
  await enable();
  await region.settle();
  expect(warmed).toEqual([1, 3]);
});

test('is disabled at once, also while blocks are read, and forgotten an hour later', async () => {
  watchWarming(disable);
  await enable();
  await region.settle();
  expect((await restores()).map(({ state }) => state)).toEqual(['disabled', 'disabled']);
  region.time = new Date(region.time.getTime() + 3_601_000);
  await keepHouse(region.services);
  expect(await restores()).toEqual([]);
});

test('goes on with a server that starts after one that was killed meanwhile', async () => {
  const { promise: killed, resolve } = Promise.withResolvers<void>();
  watchWarming(async () => {
    if ((await restores())[0]!.times.enabling !== region.time.toISOString()) return;
    region.crash();
    resolve();
  });
  await enable();
  await Promise.race([region.settle(), killed]);
  expect((await restores()).map(({ state }) => state)).toEqual(['optimizing', 'optimizing']);
  await region.restart();
  await region.settle();
  expect((await restores()).map(({ state }) => state)).toEqual(['enabled', 'enabled']);
});

test('is disabled where the blocks cannot be read, and says why', async () => {
  await region.blocks.deleteManifest(snapshotId);
  await enable();
  await region.settle();
  expect(await restores()).toMatchObject([
    { state: 'disabled', stateTransitionReason: `${snapshotId} has no manifest` },
    { state: 'disabled' },
  ]);
});
