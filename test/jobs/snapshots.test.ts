import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import { createSnapshot } from '../../src/operations/ec2/create-snapshot.ts';
import { deleteSnapshot } from '../../src/operations/ec2/delete-snapshot.ts';
import { deregisterImage } from '../../src/operations/ec2/deregister-image.ts';
import { terminateInstances } from '../../src/operations/ec2/terminate-instances.ts';
import { listOf } from '../support/manifests.ts';
import { imageId, launched, snapshotId } from './fixtures.ts';
import { holdStoring } from './hold-storing.ts';
import { type JobRegion, jobRegion } from './job-region.ts';

let region: JobRegion;
let ids: Awaited<ReturnType<typeof launched>>;
beforeEach(async () => {
  region = await jobRegion();
  ids = await launched(region);
});
afterEach(() => region.close());

const snapshotOf = (id: string) => region.records.read.snapshots.get(id);
const terminate = () => region.call(terminateInstances, { InstanceIds: [ids.instanceId] });
const ask = async (VolumeId = ids.root) =>
  (await region.call<{ SnapshotId: string }>(createSnapshot, { VolumeId })).SnapshotId;
async function taken(volumeId?: string) {
  const id = await ask(volumeId);
  await region.settle();
  return id;
}

describe('a snapshot', () => {
  test('stores what changed since the one before, and inherits the rest', async () => {
    await region.disks.write(ids.root, 3 * blockSize, Buffer.from('first'));
    const first = await taken();
    await region.disks.write(ids.root, 5 * blockSize, Buffer.from('second'));
    const puts: number[] = [];
    const { openSession } = region.blocks;
    region.blocks.openSession = async (...args) => {
      const session = await openSession(...args);
      const put: typeof session.put = async (index, bytes) => {
        puts.push(index);
        await session.put(index, bytes);
      };
      return { ...session, put };
    };
    const second = await taken();
    expect((await snapshotOf(first))?.parentSnapshotId).toBe(snapshotId);
    expect(await snapshotOf(second)).toMatchObject({ state: 'completed', parentSnapshotId: first });
    expect(puts).toEqual([5]);
    const manifest = await listOf(region.blocks, second);
    expect(manifest?.map(([index]) => index)).toEqual([1, 3, 5]);
  });

  test('of a volume that no instance has opens it, stores it and closes it', async () => {
    await terminate();
    await region.settle();
    const id = await taken(ids.data);
    expect((await snapshotOf(id))?.state).toBe('completed');
    expect(await region.disks.holders()).toEqual([]);
    expect(await region.records.read.jobs.list()).toEqual([]);
  });

  test('that is deleted while it is stored leaves neither view nor session nor manifest', async () => {
    await region.disks.write(ids.root, 3 * blockSize, Buffer.from('first'));
    const storing = holdStoring(region);
    const id = await ask();
    await storing.reached;
    await region.call(deleteSnapshot, { SnapshotId: id });
    storing.go();
    await region.settle();
    expect(await region.disks.isFrozen(ids.instanceId, [id])).toBe(false);
    expect(await region.blocks.openSessions()).toEqual([]);
    expect(await region.blocks.listManifests()).toEqual([snapshotId]);
  });

  test('that is deleted keeps its manifest while a volume stands on it', async () => {
    await region.call(deregisterImage, { ImageId: imageId });
    await region.call(deleteSnapshot, { SnapshotId: snapshotId });
    await region.settle();
    expect(await snapshotOf(snapshotId)).toBeUndefined();
    expect(await region.blocks.listManifests()).toEqual([snapshotId]);
    await terminate();
    await region.settle();
    expect(await region.blocks.listManifests()).toEqual([]);
  });

  test('that is deleted keeps its manifest until the one that builds on it is stored', async () => {
    await region.disks.write(ids.root, 3 * blockSize, Buffer.from('first'));
    const first = await taken();
    await region.disks.write(ids.root, 5 * blockSize, Buffer.from('second'));
    const storing = holdStoring(region);
    const second = await ask();
    await storing.reached;
    await region.call(deleteSnapshot, { SnapshotId: first });
    storing.go();
    await region.settle();
    expect((await region.snapshotBytes(second, 3 * blockSize, 5)).toString()).toBe('first');
    expect(await region.blocks.listManifests()).toEqual([snapshotId, second].sort());
  });

  test('of a volume that is being deleted is stored first', async () => {
    await region.disks.write(ids.root, 3 * blockSize, Buffer.from('last words'));
    const storing = holdStoring(region);
    const id = await ask();
    await storing.reached;
    await terminate();
    const { volumes } = region.records.read;
    // The volume's deletion has run and put itself off once only the storing is left.
    while ((await region.records.read.jobs.list()).some(({ kind }) => kind !== 'store-snapshots'))
      await new Promise(setImmediate);
    expect((await volumes.get(ids.root))?.state).toBe('deleting');
    storing.go();
    await region.settle();
    expect((await snapshotOf(id))?.state).toBe('completed');
    expect((await region.snapshotBytes(id, 3 * blockSize, 10)).toString()).toBe('last words');
    expect((await volumes.get(ids.root))?.state).toBe('deleted');
    expect(await region.disks.list()).toEqual([ids.data]);
    expect(await region.disks.holders()).toEqual([]);
  });

  test('whose view is lost with the process that held it is in error, with the reason', async () => {
    await region.disks.write(ids.root, 3 * blockSize, Buffer.from('first'));
    const storing = holdStoring(region);
    const id = await ask();
    await storing.reached;
    storing.release();
    region.crash();
    region.disks.lose(ids.instanceId);
    await region.restart();
    await region.settle();
    expect(await snapshotOf(id)).toMatchObject({
      state: 'error',
      stateReason: {
        code: 'Server.InternalError',
        message: `Server.InternalError: The process that held the frozen view for '${id}' died before it was stored.`,
      },
    });
    expect(await region.blocks.openSessions()).toEqual([]);
    expect(await region.engine.isRunning(ids.instanceId)).toBe(true);
  });

  test('goes on to be stored where its guest crashes and boots again meanwhile', async () => {
    await region.disks.write(ids.root, 3 * blockSize, Buffer.from('first'));
    const storing = holdStoring(region);
    const id = await ask();
    await storing.reached;
    region.time = new Date(region.time.getTime() + 31_000);
    region.engine.crash(ids.instanceId);
    while (!(await region.engine.isRunning(ids.instanceId))) await new Promise(setImmediate);
    expect(await region.disks.isFrozen(ids.instanceId, [id])).toBe(true);
    storing.go();
    await region.settle();
    expect((await snapshotOf(id))?.state).toBe('completed');
  });
});
