import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LocalBlockStore } from '../../../../src/stores/blocks/local/local-block-store.ts';
import { openSnapshotReader } from '../../../../src/stores/blocks/local/read/snapshot-reader.ts';
import {
  openStagedBlockStore,
  type StagedBlockStoreOptions,
  stagingFolder,
} from '../../../../src/stores/blocks/staged/staged-block-store.ts';
import { stagedPackReader } from '../../../../src/stores/blocks/staged/staged-pack-reader.ts';
import { blockOf, blockStoreContract } from '../../../contract/block-store.ts';
import { testBucket } from '../../../support/bucket.ts';
import { blocksOf } from '../../../support/manifests.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const masterKey = randomBytes(32);
const gib = 1024 ** 3;
const name = 's3://bucket/region';

blockStoreContract(async () => {
  const { path: folder, remove } = await temporaryFolder();
  const { objects } = testBucket();
  return { store: await openStagedBlockStore({ folder, masterKey, objects, name }), remove };
});

describe('a block store in a bucket', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let bucket: ReturnType<typeof testBucket>;
  let store: LocalBlockStore;
  const open = (over: Partial<StagedBlockStoreOptions> = {}) =>
    openStagedBlockStore({
      ...{ folder, masterKey, name, objects: bucket.objects, target: 1024 * 1024 },
      ...over,
    });
  beforeEach(async () => {
    const made = await temporaryFolder();
    folder = join(made.path, 'blocks');
    remove = made.remove;
    bucket = testBucket();
    store = await open();
  });
  afterEach(async () => {
    await store.close().catch(() => undefined);
    await remove();
  });

  const begin = async (snapshotId: string, seeds: readonly (string | number)[], domain = 'domain') => {
    const session = await store.openSession(`for-${snapshotId}`, domain);
    await Promise.all(seeds.map((seed, index) => session.put(index, blockOf(seed))));
    return session;
  };
  const commit = async (snapshotId: string, seeds: readonly (string | number)[], domain?: string) =>
    (await begin(snapshotId, seeds, domain)).commit({ snapshotId, volumeSize: gib });
  const expectBlocks = async (snapshotId: string, seeds: readonly (string | number)[]) => {
    const blocks = await blocksOf(store, snapshotId);
    expect(blocks.size).toBe(seeds.length);
    for (const [index, seed] of seeds.entries())
      expect((await store.read(blocks.get(index)!)).equals(blockOf(seed))).toBe(true);
  };
  const loseFolder = async () => {
    await store.close();
    await rm(folder, { recursive: true });
  };
  const seeds = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

  test('a commit returns when packs, keys and, last, the manifest are in the bucket', async () => {
    await commit('snap-1', seeds);
    expect(bucket.order.at(-1)).toBe('manifests/snap-1.manifest');
    expect((await bucket.keys('packs/')).length).toBeGreaterThan(1);
    expect(await bucket.keys('keys/')).toHaveLength(1);
    expect(await readdir(stagingFolder(folder))).toEqual([]);
  });

  test('a folder that is lost whole is made anew from the bucket', async () => {
    await commit('snap-1', seeds);
    await commit('snap-2', [...seeds, 'more'], 'another domain');
    await loseFolder();
    store = await open();
    expect(await store.listManifests()).toEqual(['snap-1', 'snap-2']);
    await expectBlocks('snap-1', seeds);
    await expectBlocks('snap-2', [...seeds, 'more']);
    await commit('snap-3', ['new', ...seeds]);
    await expectBlocks('snap-3', ['new', ...seeds]);
    expect((await store.verify({ readData: true })).problems).toEqual([]);
  });

  test.each([
    ['packs', /^packs/],
    ['keys', /^keys/],
    ['manifests', /^manifests/],
  ])('no commit succeeds while the bucket does not take %s, and the next one does', async (_, key) => {
    bucket.faults.refuse = key;
    await expect(commit('snap-1', seeds)).rejects.toThrow();
    expect(await store.hasManifest('snap-1')).toBe(false);
    expect(await bucket.keys('manifests/')).toEqual([]);
    bucket.faults.refuse = undefined;
    await store.abortSession('for-snap-1');
    await commit('snap-1', seeds);
    await loseFolder();
    store = await open();
    await expectBlocks('snap-1', seeds);
  });

  test.each([
    ['packs', /^packs/],
    ['keys', /^keys/],
    ['manifests', /^manifests/],
  ])('a put of %s whose answer was lost may be repeated', async (_, key) => {
    bucket.faults.lose = key;
    await expect(commit('snap-1', seeds)).rejects.toThrow();
    bucket.faults.lose = undefined;
    await commit('snap-1', seeds);
    await loseFolder();
    store = await open();
    await expectBlocks('snap-1', seeds);
  });

  test('a manifest that came to the bucket only is found by the next server, and its session ends', async () => {
    const session = await begin('snap-1', seeds);
    bucket.faults.lose = /^manifests/;
    await expect(session.commit({ snapshotId: 'snap-1', volumeSize: gib })).rejects.toThrow('no answer');
    bucket.faults.lose = undefined;
    await store.close();
    store = await open();
    const resumed = await store.openSession('for-snap-1', 'domain');
    await resumed.commit({ snapshotId: 'snap-1', volumeSize: gib });
    expect(await store.openSessions()).toEqual([]);
    await expectBlocks('snap-1', seeds);
  });

  test('where the bucket does not answer, an error names block and pack, and what it answers again is read', async () => {
    await commit('snap-1', seeds);
    const [reference] = (await blocksOf(store, 'snap-1')).values();
    bucket.faults.unreadable = /^packs/;
    await expect(store.read(reference!)).rejects.toThrow(
      new RegExp(`Block ${reference!.digest} cannot be read: GET packs/\\d+\\.pack failed: 500`),
    );
    bucket.faults.unreadable = undefined;
    await expectBlocks('snap-1', seeds);
  });

  test('a server that is met by another in its bucket goes on, and the other is refused', async () => {
    const other = await temporaryFolder();
    const lease = { renewMs: 20, validMs: 2_000, silenceMs: 4_000, lookMs: 5 };
    await store.close();
    store = await open({ lease });
    await expect(open({ folder: join(other.path, 'blocks'), lease })).rejects.toThrow(
      'in use by another server',
    );
    await other.remove();
    await commit('snap-1', seeds);
    await expectBlocks('snap-1', seeds);
  });

  test('garbage leaves the bucket, and what is left of it is read', async () => {
    await commit('snap-1', seeds);
    await commit('snap-2', ['x', 'y', 'z']);
    const before = await bucket.keys('packs/');
    await store.deleteManifest('snap-1');
    expect(await bucket.keys('manifests/')).toEqual(['manifests/snap-2.manifest']);
    const { packsRemoved } = await store.collectGarbage();
    expect(packsRemoved).toBeGreaterThan(0);
    expect(await bucket.keys('packs/')).toHaveLength(before.length - packsRemoved);
    await loseFolder();
    store = await open();
    await expectBlocks('snap-2', ['x', 'y', 'z']);
  });

  test('a key that was destroyed is destroyed in the bucket, and stays so when the folder is lost', async () => {
    await commit('snap-1', seeds);
    await store.forgetDomain('domain');
    expect(await bucket.keys('keys/')).toEqual([expect.stringMatching(/\.gone$/)]);
    await loseFolder();
    store = await open();
    const [reference] = (await blocksOf(store, 'snap-1')).values();
    await expect(store.read(reference!)).rejects.toThrow('no data key');
    await expect(store.openSession('other', 'domain')).rejects.toThrow('is destroyed');
  });

  test('another master key, bucket or kind of store is refused by name', async () => {
    await commit('snap-1', seeds);
    await store.close();
    await expect(open({ name: 's3://elsewhere' })).rejects.toThrow(`are in ${name}, not in s3://elsewhere`);
    const full = bucket;
    bucket = testBucket();
    await expect(open()).rejects.toThrow('does not hold the blocks of this data folder any more');
    bucket = full;
    await rm(folder, { recursive: true });
    await expect(open({ masterKey: randomBytes(32) })).rejects.toThrow('under another master key');
    store = await open();
    await expectBlocks('snap-1', seeds);
  });

  test('another process reads what is staged and what is in the bucket', async () => {
    const session = await begin('snap-1', seeds);
    bucket.faults.refuse = /^packs/;
    await session.flush();
    const [reference] = await firstStaged(session);
    const packs = () => stagedPackReader({ objects: bucket.objects, name, folder: stagingFolder(folder) });
    const reader = openSnapshotReader({ folder, masterKey, packs: packs() });
    expect((await reader.read(reference!)).equals(blockOf('a'))).toBe(true);
    bucket.faults.refuse = undefined;
    await session.commit({ snapshotId: 'snap-1', volumeSize: gib });
    expect(await readdir(stagingFolder(folder))).toEqual([]);
    const blocks = await blocksOf(store, 'snap-1');
    await Promise.all(
      seeds.map(async (seed, index) =>
        expect((await reader.read(blocks.get(index)!)).equals(blockOf(seed))).toBe(true),
      ),
    );
    await reader.close();
  });
});

async function firstStaged(session: Awaited<ReturnType<LocalBlockStore['openSession']>>) {
  for await (const batch of session.stagedEntries()) return batch.map(([, reference]) => reference);
  throw new Error('nothing is staged');
}
