import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import {
  type LocalBlockStore,
  openLocalBlockStore,
} from '../../src/stores/blocks/local/local-block-store.ts';
import { copyAtKillPoints, type Image } from '../support/kill-points.ts';
import { blocksOf } from '../support/manifests.ts';

const masterKey = Buffer.alloc(32, 'fixture');
const volumeSize = 1024 ** 3;
const version1 = join(import.meta.dirname, '../fixtures/block-store-v1');
const options = { masterKey, packTarget: 24 * 1024, packGrace: 0 };

/** Small where it is stored, so that hundreds of copies of a store take little time. */
function blockOf(seed: string): Buffer {
  const block = Buffer.alloc(blockSize, seed);
  createHash('shake256', { outputLength: 3_000 }).update(seed).digest().copy(block, 8_192);
  return block;
}

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'amity-kill-points-'));
  for (const name of ['store', 'images']) await mkdir(join(root, name));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** What a store owes to whoever asked it: seeds by block index. */
interface Owed {
  snapshots: Map<string, Map<number, string>>;
  flushed: Map<string, Map<number, string>>;
}

/** Runs `work` and looks at what a kill at each of its moments would have left. @returns moments */
async function killEverywhere(work: (folder: string, owed: Owed) => Promise<void>): Promise<number> {
  const folder = join(root, 'store');
  const owed: Owed = { snapshots: new Map(), flushed: new Map() };
  const images: (Image & Owed)[] = [];
  const stop = await copyAtKillPoints(folder, join(root, 'images'), image =>
    images.push({ ...image, snapshots: new Map(owed.snapshots), flushed: new Map(owed.flushed) }),
  );
  try {
    await work(folder, owed);
  } finally {
    stop();
  }
  for (const [position, image] of images.entries()) await checkImage(image, position);
  return images.length;
}

async function checkImage({ folder, moment, snapshots, flushed }: Image & Owed, position: number) {
  const where = `kill ${position}, ${moment}`;
  const store = await openLocalBlockStore({ ...options, folder });
  const expectAll = async () => {
    for (const [snapshotId, seeds] of snapshots) {
      const blocks = await blocksOf(store, snapshotId);
      for (const [index, seed] of seeds)
        expect((await store.read(blocks.get(index)!)).equals(blockOf(seed)), `${where}: ${snapshotId}`).toBe(true);
    }
  };
  try {
    await expectAll();
    for (const [sessionId, seeds] of flushed) {
      if (!(await store.openSessions()).includes(sessionId)) continue;
      const session = await store.openSession(sessionId, 'domain');
      const staged = new Map((await Array.fromAsync(session.stagedEntries())).flat());
      for (const [index, seed] of seeds)
        expect((await store.read(staged.get(index)!)).equals(blockOf(seed)), `${where}: ${sessionId}`).toBe(true);
    }
    expect((await store.verify()).problems, where).toEqual([]);
    await store.collectGarbage();
    await store.collectGarbage();
    await expectAll();
    expect((await store.verify()).problems, where).toEqual([]);
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
}

async function commit(store: LocalBlockStore, owed: Owed, snapshotId: string, seeds: string, base?: string) {
  const sessionId = `for-${snapshotId}`;
  const session = await store.openSession(sessionId, 'domain');
  const put = new Map([...seeds].map((seed, index) => [index, seed]));
  for (const [index, seed] of put) await session.put(index, blockOf(seed));
  await session.flush();
  owed.flushed.set(sessionId, put);
  await session.commit({ snapshotId, volumeSize, base });
  owed.flushed.delete(sessionId);
  owed.snapshots.set(snapshotId, new Map([...(owed.snapshots.get(base ?? '') ?? []), ...put]));
}

async function forget(store: LocalBlockStore, owed: Owed, snapshotId: string) {
  owed.snapshots.delete(snapshotId);
  await store.deleteManifest(snapshotId);
}

test('killed while it writes, collects garbage and compacts, a store owes nothing', async () => {
  const moments = await killEverywhere(async (folder, owed) => {
    const store = await openLocalBlockStore({ ...options, folder });
    await commit(store, owed, 'snap-1', 'abcdefgh');
    await commit(store, owed, 'snap-2', 'aijklm', 'snap-1');
    await commit(store, owed, 'snap-3', 'dz');
    await forget(store, owed, 'snap-1');
    await forget(store, owed, 'snap-2');
    const [report] = await Promise.all([store.collectGarbage(), commit(store, owed, 'snap-4', 'cxyz')]);
    expect(report.blocksRemoved).toBeGreaterThan(0);
    const again = await store.collectGarbage();
    expect(report.packsCompacted + again.packsCompacted).toBeGreaterThan(0);
    expect((await store.collectGarbage()).packsRemoved + again.packsRemoved).toBeGreaterThan(0);
    await store.close();
  });
  process.stdout.write(`${moments} kill points of writing, collecting and compacting\n`);
  expect(moments).toBeGreaterThan(200);
});

test('killed while many small packs are merged, a store owes nothing', async () => {
  const moments = await killEverywhere(async (folder, owed) => {
    for (const [position, seed] of [...'abcdefghi'].entries()) {
      const store = await openLocalBlockStore({ ...options, folder });
      await commit(store, owed, `snap-${position}`, seed);
      await store.close();
    }
    const store = await openLocalBlockStore({ ...options, folder });
    expect((await store.collectGarbage()).packsCompacted).toBe(9);
    expect((await store.collectGarbage()).packsRemoved).toBe(9);
    expect((await readdir(join(folder, 'packs'))).length).toBeLessThan(3);
    await store.close();
  });
  process.stdout.write(`${moments} kill points of merging\n`);
});

test('killed while a store of version 1 is brought up to date, compacted and its lost index rebuilt, it owes nothing', async () => {
  await cp(version1, join(root, 'store'), { recursive: true });
  const fixtureSeeds = { 'snap-1': 'abcd', 'snap-2': 'ae' };
  const moments = await killEverywhere(async (folder, owed) => {
    // The blocks of the fixture are made otherwise; what is checked of them is that all can be read.
    const expectFixture = async (store: LocalBlockStore) => {
      for (const [snapshotId, seeds] of Object.entries(fixtureSeeds)) {
        const blocks = await blocksOf(store, snapshotId);
        expect(blocks.size).toBe(seeds.length);
        for (const reference of blocks.values()) await store.read(reference);
      }
    };
    let store = await openLocalBlockStore({ ...options, folder });
    await commit(store, owed, 'snap-9', 'xy');
    await store.deleteManifest('snap-3');
    await store.collectGarbage();
    await expectFixture(store);
    await store.close();
    for (const name of ['index.sqlite', 'index.sqlite-wal', 'index.sqlite-shm'])
      await rm(join(folder, name), { force: true });
    store = await openLocalBlockStore({ ...options, folder });
    await expectFixture(store);
    await store.collectGarbage();
    await store.collectGarbage();
    await expectFixture(store);
    await store.close();
  });
  process.stdout.write(`${moments} kill points of migration and rebuilding\n`);
});
