import { afterEach, beforeEach, expect, test } from 'vitest';
import { GiB } from '../../src/domain/volume.ts';
import { createSnapshot } from '../../src/operations/ec2/create-snapshot.ts';
import { launched, snapshotId } from './fixtures.ts';
import { type JobRegion, jobRegion, putManifest } from './job-region.ts';

let region: JobRegion;
let ids: Awaited<ReturnType<typeof launched>>;
beforeEach(async () => {
  region = await jobRegion();
  ids = await launched(region);
});
afterEach(() => region.close());

const orphan = 'i-0000000000000dead';

test('what has no record is removed, and what has one is left alone', async () => {
  const [guest] = region.engine.guests();
  await region.engine.start({ ...guest!, instanceId: orphan });
  await region.disks.create({ volumeId: 'vol-1', size: GiB });
  await region.disks.open(orphan, [{ volumeId: 'vol-1', size: GiB }]);
  await region.network.apply({ ...region.network.plan((await region.network.list())[0]!)!, vpcId: 'vpc-1' });
  await region.blocks.openSession('snap-1', 'domain');
  await putManifest(region, 'snap-2');
  await region.restart();
  await region.settle();
  expect(region.engine.guests()).toEqual([guest]);
  expect(await region.disks.holders()).toEqual([ids.instanceId]);
  expect(await region.disks.list()).toEqual([ids.root, ids.data].sort());
  expect(await region.network.list()).toHaveLength(1);
  expect(await region.blocks.openSessions()).toEqual([]);
  expect(await region.blocks.listManifests()).toEqual([snapshotId]);
});

test('a guest that ended while no server was up boots again, even where another job of its waits', async () => {
  const { SnapshotId } = await region.call<{ SnapshotId: string }>(createSnapshot, { VolumeId: ids.root });
  region.crash();
  region.engine.crash(ids.instanceId);
  await region.restart();
  await region.settle();
  expect(region.engine.guests()).toMatchObject([{ instanceId: ids.instanceId }]);
  expect((await region.records.read.snapshots.get(SnapshotId))?.state).toBe('completed');
});

test('a guest whose volumes were lost while no server was up is booted again on volumes that are open', async () => {
  region.crash();
  region.disks.lose(ids.instanceId);
  const exits: string[] = [];
  region.engine.onExit((_, exit) => exits.push(exit));
  await region.restart();
  await region.settle();
  expect(exits).toEqual(['stopped']);
  expect(await region.disks.holders()).toEqual([ids.instanceId]);
  expect(region.engine.guests()).toHaveLength(1);
});

test('a guest that runs on is not touched', async () => {
  const exits: string[] = [];
  region.engine.onExit((_, exit) => exits.push(exit));
  region.crash();
  await region.restart();
  await region.settle();
  expect(exits).toEqual([]);
  expect(region.engine.guests()).toHaveLength(1);
});
