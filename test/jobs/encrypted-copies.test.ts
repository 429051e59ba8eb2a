import { afterEach, expect, test } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import { copyImage } from '../../src/operations/ec2/copy-image.ts';
import { copySnapshot } from '../../src/operations/ec2/copy-snapshot.ts';
import { deleteSnapshot } from '../../src/operations/ec2/delete-snapshot.ts';
import { deregisterImage } from '../../src/operations/ec2/deregister-image.ts';
import { createKey } from '../../src/operations/kms/create-key.ts';
import { disableKey } from '../../src/operations/kms/disable-key.ts';
import { scheduleKeyDeletion } from '../../src/operations/kms/schedule-key-deletion.ts';
import { imageId, putImage, snapshotId } from '../operations/ec2/launch-fixtures.ts';
import { stranger } from '../operations/region.ts';
import { blocksOf, listOf } from '../support/manifests.ts';
import { type JobRegion, jobRegion, putManifest } from './job-region.ts';
import { aLife, type Life } from './mortal.ts';

let region: JobRegion;
afterEach(() => region.close());

async function begin(life?: Life, blocks: Record<number, number> = { 1: 7, 3: 9 }): Promise<void> {
  region = await jobRegion(life);
  await putImage(region);
  await putManifest(region, snapshotId, blocks);
}
interface Key {
  KeyId: string;
  Arn: string;
}
const newKey = async () => (await region.call<{ KeyMetadata: Key }>(createKey, {})).KeyMetadata;
const askForCopy = async (source: string, input: object, account?: string) => {
  const request = { SourceSnapshotId: source, SourceRegion: 'us-east-1', ...input };
  return (await region.call<{ SnapshotId: string }>(copySnapshot, request, account)).SnapshotId;
};
const copied = async (...request: Parameters<typeof askForCopy>) => {
  const id = await askForCopy(...request);
  await region.settle();
  return id;
};
const snapshot = (id: string) => region.records.read.snapshots.get(id);
const domainsOf = async (id: string) =>
  new Set([...(await blocksOf(region.blocks, id)).values()].map(block => block.domain));
const byteAt = async (id: string, index: number) =>
  (await region.snapshotBytes(id, index * blockSize, 1)).readUInt8();
const notAccessible = { code: 'Client.InvalidKmsKey', message: 'Given key ID is not accessible' };

test('an encrypted copy holds the same under its key alone, and outlives its source', async () => {
  await begin();
  const [one, two] = [await newKey(), await newKey()];
  const first = await copied(snapshotId, { Encrypted: true, KmsKeyId: one.Arn });
  expect(await domainsOf(first)).toEqual(new Set([`111122223333/${one.KeyId}`]));
  const second = await copied(first, { Encrypted: true, KmsKeyId: two.Arn });
  expect(await domainsOf(second)).toEqual(new Set([`111122223333/${two.KeyId}`]));
  await region.call(deleteSnapshot, { SnapshotId: first });
  await region.settle();
  expect([await byteAt(second, 1), await byteAt(second, 3), await byteAt(second, 2)]).toEqual([7, 9, 0]);
  expect(await snapshot(second)).toMatchObject({
    ...{ state: 'completed', progress: 100, fullSnapshotSizeInBytes: 2 * blockSize },
  });
});

test('a copy under its source’s key lists the same stored blocks', async () => {
  await begin();
  const first = await copied(snapshotId, { Encrypted: true });
  const second = await copied(first, {});
  expect(await listOf(region.blocks, second)).toEqual(await listOf(region.blocks, first));
  expect(await snapshot(second)).toMatchObject({ kmsKeyId: (await snapshot(first))!.kmsKeyId });
});

test('a copy whose key, or whose source’s key, cannot be used fails, with its image', async () => {
  await begin();
  const key = await newKey();
  const sealed = await copied(snapshotId, { Encrypted: true, KmsKeyId: key.Arn });
  await region.call(disableKey, { KeyId: key.KeyId });
  for (const input of [{}, { Encrypted: true, KmsKeyId: (await newKey()).Arn }])
    expect(await snapshot(await copied(sealed, input))).toMatchObject({
      state: 'error',
      stateReason: notAccessible,
    });
  const { ImageId } = await region.call<{ ImageId: string }>(copyImage, {
    ...{ Name: 'copy', SourceImageId: imageId, SourceRegion: 'us-east-1' },
    ...{ Encrypted: true, KmsKeyId: 'alias/nobody' },
  });
  await region.settle();
  expect(await region.records.read.images.get(ImageId)).toMatchObject({
    state: 'failed',
    stateReason: notAccessible,
  });
  expect(await region.blocks.openSessions()).toEqual([]);
});

test('what is shared under a key of the owner’s is not for those the key is not for', async () => {
  await begin();
  const sealed = await copied(snapshotId, { Encrypted: true, KmsKeyId: (await newKey()).Arn });
  await region.records.transaction(async records =>
    records.snapshots.put({ ...(await records.snapshots.get(sealed))!, createVolumePermissions: [stranger] }),
  );
  const theirs = await copied(sealed, {}, stranger);
  expect(await snapshot(theirs)).toMatchObject({ state: 'error', stateReason: notAccessible });
});

test('a key that is to be deleted meanwhile fails the copy, and nothing of it stays', async () => {
  await begin();
  const key = await newKey();
  const id = await askForCopy(snapshotId, { Encrypted: true, KmsKeyId: key.Arn });
  await region.call(scheduleKeyDeletion, { KeyId: key.KeyId });
  await region.settle();
  expect((await snapshot(id))?.state).toBe('error');
  expect(await region.blocks.listManifests()).toEqual([snapshotId]);
  expect(await region.blocks.openSessions()).toEqual([]);
});

test('a server killed before any step of an encrypted copy is gone on with to the same end', async () => {
  const wholeCopy = async (life: Life) => {
    await begin(life, { 1: 7 });
    const { KeyId, Arn } = await newKey();
    const { ImageId } = await region.call<{ ImageId: string }>(copyImage, {
      ...{ Name: 'copy', SourceImageId: imageId, SourceRegion: 'us-east-1' },
      ...{ Encrypted: true, KmsKeyId: Arn },
    });
    const image = () => region.records.read.images.get(ImageId);
    const id = (await image())!.blockDeviceMappings[0]!.ebs!.snapshotId!;
    await region.call(deregisterImage, { ImageId: imageId });
    await region.call(deleteSnapshot, { SnapshotId: snapshotId });
    await Promise.race([region.settle(), life.death]);
    if (life.dead) {
      await region.restart();
      await region.settle();
    }
    return {
      image: (await image())?.state,
      snapshot: (await snapshot(id))?.state,
      underItsKey: [...(await domainsOf(id))].every(domain => domain.endsWith(KeyId)),
      bytes: [await byteAt(id, 1), await byteAt(id, 2)],
      manifests: (await region.blocks.listManifests()).length,
      sessions: await region.blocks.openSessions(),
      jobs: await region.records.read.jobs.list(),
    };
  };
  const life = aLife();
  const expected = await wholeCopy(life);
  expect(expected).toEqual({
    ...{ image: 'available', snapshot: 'completed', underItsKey: true, bytes: [7, 0] },
    ...{ manifests: 1, sessions: [], jobs: [] },
  });
  await region.close();
  for (let dieAt = 1; dieAt <= life.calls; dieAt++) {
    const seen = await wholeCopy(aLife(dieAt)).catch(error => ({ error }));
    expect({ dieAt, ...seen }).toEqual({ dieAt, ...expected });
    await region.close();
  }
});
