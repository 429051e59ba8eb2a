import { afterEach, describe, expect, test } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import { noVolumeId } from '../../src/domain/snapshot.ts';
import { copyImage } from '../../src/operations/ec2/copy-image.ts';
import { copySnapshot } from '../../src/operations/ec2/copy-snapshot.ts';
import { deleteSnapshot } from '../../src/operations/ec2/delete-snapshot.ts';
import { deregisterImage } from '../../src/operations/ec2/deregister-image.ts';
import { imageId, putImage, snapshotId } from '../operations/ec2/launch-fixtures.ts';
import { listOf } from '../support/manifests.ts';
import { type JobRegion, jobRegion, putManifest } from './job-region.ts';
import { aLife, type Life } from './mortal.ts';

let region: JobRegion;
afterEach(() => region.close());

async function begin(life?: Life) {
  region = await jobRegion(life);
  await putImage(region);
  await putManifest(region, snapshotId, { 1: 7, 3: 9 });
}
const images = () => region.records.read.images;
const snapshots = () => region.records.read.snapshots;
async function askForCopy(): Promise<{ copyId: string; copiedId: string }> {
  const { ImageId } = await region.call<{ ImageId: string }>(copyImage, {
    ...{ Name: 'copy', SourceImageId: imageId, SourceRegion: 'us-east-1' },
  });
  const [root] = (await images().get(ImageId))!.blockDeviceMappings;
  return { copyId: ImageId, copiedId: root!.ebs!.snapshotId! };
}
const byteAt = async (id: string, index: number) =>
  (await region.snapshotBytes(id, index * blockSize, 1)).readUInt8();

describe('a copy', () => {
  test('of an image is available once its snapshots hold what their sources do, in the same stored blocks', async () => {
    await begin();
    const { copyId, copiedId } = await askForCopy();
    expect((await images().get(copyId))?.state).toBe('pending');
    expect(await snapshots().get(copiedId)).toMatchObject({ state: 'pending', progress: 0 });
    await region.settle();
    expect((await images().get(copyId))?.state).toBe('available');
    expect(await snapshots().get(copiedId)).toMatchObject({
      ...{ state: 'completed', progress: 100, volumeId: noVolumeId, transferType: 'standard' },
      completionTime: region.time.toISOString(),
      fullSnapshotSizeInBytes: 2 * blockSize,
    });
    expect(await listOf(region.blocks, copiedId)).toEqual(await listOf(region.blocks, snapshotId));
    expect(await region.blocks.openSessions()).toEqual([]);
  });

  test('outlives its source, also where that is deleted before it has its blocks', async () => {
    await begin();
    const { SnapshotId } = await region.call<{ SnapshotId: string }>(copySnapshot, {
      ...{ SourceSnapshotId: snapshotId, SourceRegion: 'us-east-1' },
    });
    await region.call(deregisterImage, { ImageId: imageId });
    await region.call(deleteSnapshot, { SnapshotId: snapshotId });
    await region.settle();
    expect((await snapshots().get(SnapshotId))?.state).toBe('completed');
    expect([await byteAt(SnapshotId, 1), await byteAt(SnapshotId, 3)]).toEqual([7, 9]);
    expect(await region.blocks.listManifests()).toEqual([SnapshotId]);
  });

  test('that is deregistered while pending is not made', async () => {
    await begin();
    const { copyId, copiedId } = await askForCopy();
    await region.call(deregisterImage, { ImageId: copyId });
    await region.settle();
    expect(await snapshots().get(copiedId)).toMatchObject({
      state: 'error',
      stateReason: { message: expect.stringContaining('was deregistered before it was made') },
    });
    expect(await region.blocks.listManifests()).toEqual([snapshotId]);
    expect(await region.blocks.openSessions()).toEqual([]);
  });

  test('whose snapshots are deleted while it is pending fails', async () => {
    await begin();
    const { copyId, copiedId } = await askForCopy();
    await region.records.transaction(async writer => writer.snapshots.delete(copiedId));
    await region.settle();
    expect(await region.blocks.listManifests()).toEqual([snapshotId]);
    expect((await images().get(copyId))?.state).toBe('failed');
  });

  test('of what has lost its blocks fails, with its image, and says why', async () => {
    await begin();
    await region.blocks.deleteManifest(snapshotId);
    const { copyId, copiedId } = await askForCopy();
    await region.settle();
    const stateReason = {
      code: 'Client.InvalidSnapshot.NotFound',
      message: `Client.InvalidSnapshot.NotFound: The snapshot '${snapshotId}' does not exist.`,
    };
    expect(await snapshots().get(copiedId)).toMatchObject({ state: 'error', stateReason });
    expect(await images().get(copyId)).toMatchObject({ state: 'failed', stateReason });
    expect(await region.blocks.openSessions()).toEqual([]);
  });
});

test('a server killed before any step of a copy is gone on with to the same end', async () => {
  const wholeCopy = async (life: Life) => {
    await begin(life);
    const { copyId, copiedId } = await askForCopy();
    await region.call(deregisterImage, { ImageId: imageId });
    await region.call(deleteSnapshot, { SnapshotId: snapshotId });
    await Promise.race([region.settle(), life.death]);
    if (life.dead) {
      await region.restart();
      await region.settle();
    }
    return {
      image: (await images().get(copyId))?.state,
      snapshot: (await snapshots().get(copiedId))?.state,
      bytes: [await byteAt(copiedId, 1), await byteAt(copiedId, 2)],
      manifests: (await region.blocks.listManifests()).length,
      sessions: await region.blocks.openSessions(),
      jobs: await region.records.read.jobs.list(),
    };
  };
  const life = aLife();
  const expected = await wholeCopy(life);
  expect(expected).toEqual({
    ...{ image: 'available', snapshot: 'completed', bytes: [7, 0], manifests: 1, sessions: [], jobs: [] },
  });
  await region.close();
  for (let dieAt = 1; dieAt <= life.calls; dieAt++) {
    const seen = await wholeCopy(aLife(dieAt)).catch(error => ({ error }));
    expect({ dieAt, ...seen }).toEqual({ dieAt, ...expected });
    await region.close();
  }
});
