import { afterEach, expect, test } from 'vitest';
import type { ImportSnapshotTask } from '../../src/domain/import-task.ts';
import { blockSize } from '../../src/domain/manifest.ts';
import { keepHouse } from '../../src/jobs/housekeeping.ts';
import { cancelImportTask } from '../../src/operations/ec2/cancel-import-task.ts';
import { deleteSnapshot } from '../../src/operations/ec2/delete-snapshot.ts';
import { importSnapshot } from '../../src/operations/ec2/import-snapshot.ts';
import { createKey } from '../../src/operations/kms/create-key.ts';
import { disableKey } from '../../src/operations/kms/disable-key.ts';
import { fixture, mbrDisk } from '../support/disks.ts';
import { holdStoring } from './hold-storing.ts';
import { type JobRegion, jobRegion } from './job-region.ts';
import { aLife, type Life } from './mortal.ts';

let region: JobRegion;
afterEach(() => region.close());

const Url = 'https://disks.example.com/disk.raw';
/** Three blocks, of which the second holds nothing, and a bit of a fourth. */
const disk = Buffer.concat([
  Buffer.alloc(blockSize, 1),
  Buffer.alloc(blockSize),
  Buffer.alloc(blockSize, 3),
  Buffer.alloc(512, 4),
]);

async function asked(container: { Url?: string; Format?: string } = {}, input: object = {}): Promise<string> {
  region.imports.serve(Url, disk);
  const { ImportTaskId } = await region.call<{ ImportTaskId: string }>(importSnapshot, {
    DiskContainer: { Format: 'RAW', Url, ...container },
    ...input,
  });
  return ImportTaskId;
}
const taskOf = async (id: string) => (await region.records.read.importTasks.get(id)) as ImportSnapshotTask;

/** What is left of an import beside its record. */
async function leftovers() {
  return {
    snapshots: await region.records.read.snapshots.list(),
    sessions: await region.blocks.openSessions(),
    manifests: await region.blocks.listManifests(),
    files: await region.imports.list(),
  };
}
const nothing = { snapshots: [], sessions: [], manifests: [], files: [] };

test('what is on the imported disk is told, once it is there', async () => {
  region = await jobRegion();
  region.imports.serve(Url, mbrDisk([{ type: 0x83, contents: fixture('ext4') }]));
  const DiskContainer = { Format: 'RAW', Url };
  await region.call(importSnapshot, { DiskContainer });
  await region.settle();
  const [snapshot] = await region.records.read.snapshots.list();
  expect(snapshot?.disk).toMatchObject({ operatingSystem: { id: 'debian' }, architecture: 'x86_64' });
  const tags = await region.records.read.tags.get(`${snapshot?.snapshotId}/${snapshot?.ownerId}`);
  expect(Object.keys(tags?.tags ?? {})).toEqual(['aws:amity:disk']);
});

test('the disk at a URL becomes a completed snapshot of the account, and its file is removed', async () => {
  region = await jobRegion();
  const id = await asked();
  await region.settle();
  const task = await taskOf(id);
  expect(task).toMatchObject({ state: 'completed', progress: 100, diskImageSize: disk.length });
  expect(task.statusMessage).toBeUndefined();
  const snapshot = await region.records.read.snapshots.get(task.snapshotId);
  expect(snapshot).toMatchObject({
    ownerId: task.ownerId,
    state: 'completed',
    progress: 100,
    volumeId: 'vol-ffffffff',
    volumeSize: 1,
    description: `Created by AWS-VMImport service for ${id}`,
    fullSnapshotSizeInBytes: 3 * blockSize,
  });
  expect((await region.snapshotBytes(task.snapshotId, 0, disk.length)).equals(disk)).toBe(true);
  expect(await region.snapshotBytes(task.snapshotId, disk.length, 4)).toEqual(Buffer.alloc(4));
  expect(await region.imports.list()).toEqual([]);
});

test.each([
  [
    'a URL that answers nothing',
    { Url: 'https://disks.example.com/absent' },
    'ClientError: The server answered 404.',
  ],
  ['a file of another format', { Format: 'VMDK' }, 'ClientError: The file is no VMDK disk.'],
])('%s leaves a deleted task that says why, and nothing else', async (_what, input, statusMessage) => {
  region = await jobRegion();
  const id = await asked(input);
  await region.settle();
  expect(await taskOf(id)).toMatchObject({ state: 'deleted', statusMessage });
  expect(await leftovers()).toEqual(nothing);
});

test('a task that is canceled while its blocks are stored stops, and leaves nothing behind', async () => {
  region = await jobRegion();
  const storing = holdStoring(region);
  const id = await asked();
  await storing.reached;
  expect((await taskOf(id)).progress).toBeGreaterThanOrEqual(50);
  await region.call(cancelImportTask, { ImportTaskId: id, CancelReason: 'wrong disk' });
  storing.go();
  await region.settle();
  expect(await taskOf(id)).toMatchObject({
    state: 'deleted',
    statusMessage: 'Canceled by the user: wrong disk',
  });
  expect(await leftovers()).toEqual(nothing);
});

test('a snapshot that is deleted while it is imported fails the task', async () => {
  region = await jobRegion();
  const storing = holdStoring(region);
  const id = await asked();
  await storing.reached;
  const { snapshotId } = await taskOf(id);
  await region.call(deleteSnapshot, { SnapshotId: snapshotId });
  storing.go();
  await region.settle();
  expect(await taskOf(id)).toMatchObject({
    state: 'deleted',
    statusMessage: `ClientError: The snapshot '${snapshotId}' was deleted before it was imported.`,
  });
  expect(await leftovers()).toEqual(nothing);
});

test('an encrypted snapshot lies under its key, which has to be usable', async () => {
  region = await jobRegion();
  const { KeyMetadata } = await region.call<{ KeyMetadata: { KeyId: string } }>(createKey, {});
  const encrypted = { Encrypted: true, KmsKeyId: KeyMetadata.KeyId };
  const good = await asked({}, encrypted);
  await region.settle();
  const { snapshotId, ownerId } = await taskOf(good);
  const manifest = await region.blocks.openManifest(snapshotId);
  expect((await manifest!.at(0))?.domain).toBe(`${ownerId}/${KeyMetadata.KeyId}`);
  await manifest!.close();
  await region.call(disableKey, KeyMetadata);
  const bad = await asked({}, encrypted);
  await region.settle();
  expect((await taskOf(bad)).state).toBe('deleted');
  expect(await region.blocks.listManifests()).toEqual([snapshotId]);
});

test('a task is forgotten seven days after its end, its snapshot is not', async () => {
  region = await jobRegion();
  const id = await asked();
  await region.settle();
  const later = (seconds: number) => new Date(region.time.getTime() + seconds * 1000);
  region.time = later(7 * 86_400);
  await keepHouse(region.services);
  expect(await taskOf(id)).toBeDefined();
  region.time = later(1);
  await keepHouse(region.services);
  expect(await taskOf(id)).toBeUndefined();
  expect(await region.records.read.snapshots.list()).toHaveLength(1);
});

/** Three imports: one that succeeds, one that cannot, one that is canceled while it runs. */
async function wholeLife(life: Life) {
  region = await jobRegion(life);
  const settle = async () => {
    await Promise.race([region.settle(), life.death]);
    if (!life.dead) return;
    if (!life.succeeded) await region.restart();
    life.succeeded = true;
    await region.settle();
  };
  const good = await asked();
  await settle();
  const bad = await asked({ Format: 'VHDX' });
  await settle();
  const canceled = await asked();
  await region.call(cancelImportTask, { ImportTaskId: canceled });
  await settle();
  const { snapshotId } = await taskOf(good);
  const { snapshots, ...rest } = await leftovers();
  return {
    states: await Promise.all([good, bad, canceled].map(async id => (await taskOf(id)).state)),
    bytes: (await region.snapshotBytes(snapshotId, 0, disk.length)).equals(disk),
    snapshots: snapshots.map(({ state }) => state),
    ...rest,
    manifests: rest.manifests.join() === snapshotId,
    jobs: (await region.records.read.jobs.list()).map(({ kind, state }) => [kind, state]),
  };
}

test('a server killed before any step of an import is gone on with to the same end', {
  timeout: 120_000,
}, async () => {
  const life = aLife();
  const expected = await wholeLife(life);
  expect(expected).toEqual({
    states: ['completed', 'deleted', 'deleted'],
    bytes: true,
    snapshots: ['completed'],
    sessions: [],
    manifests: true,
    files: [],
    jobs: [['import-snapshot', 'failed']],
  });
  await region.close();
  for (let dieAt = 1; dieAt <= life.calls; dieAt++) {
    const seen = await wholeLife(aLife(dieAt)).catch(error => ({ error }));
    expect({ dieAt, ...seen }).toEqual({ dieAt, ...expected });
    await region.close();
  }
});
