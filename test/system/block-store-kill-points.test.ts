import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BlockReference, blockSize } from '../../src/domain/manifest.ts';
import { repairStore } from '../../src/stores/blocks/local/check/repair-store.ts';
import {
  type LocalBlockStore,
  openLocalBlockStore,
} from '../../src/stores/blocks/local/local-block-store.ts';
import { openSnapshotReader } from '../../src/stores/blocks/local/read/snapshot-reader.ts';
import { copyAtKillPoints, type Image } from '../support/kill-points.ts';
import { blocksOf } from '../support/manifests.ts';
import { quickFolder } from '../support/quick-folder.ts';

const masterKey = Buffer.alloc(32, 'fixture');
const volumeSize = 1024 ** 3;
const version1 = join(import.meta.dirname, '../fixtures/block-store-v1');
const options = { masterKey, packTarget: 24 * 1024, packGrace: 0 };

/** Small where it is stored, so that hundreds of copies of a store take little time. */
function blockOf(seed: string): Buffer {
  const known = made.get(seed);
  if (known) return known;
  const block = Buffer.alloc(blockSize, seed);
  createHash('shake256', { outputLength: 3_000 }).update(seed).digest().copy(block, 8_192);
  made.set(seed, block);
  return block;
}
const made = new Map<string, Buffer>();

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(quickFolder(), 'amity-kill-points-'));
  for (const name of ['store', 'images']) await mkdir(join(root, name));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** What a store owes to whoever asked it: seeds by block index. */
interface Owed {
  snapshots: Map<string, Map<number, string>>;
  flushed: Map<string, Map<number, string>>;
}

type Work = (folder: string, owed: Owed) => Promise<void>;

/** Runs `work` and looks at what a kill at each of its moments would have left. @returns moments */
async function killEverywhere(
  work: Work,
  prepare?: Work,
  mend?: (image: Image) => Promise<void>,
): Promise<number> {
  const folder = join(root, 'store');
  const owed: Owed = { snapshots: new Map(), flushed: new Map() };
  await prepare?.(folder, owed);
  const images: (Image & Owed)[] = [];
  const stop = await copyAtKillPoints(folder, join(root, 'images'), image =>
    images.push({ ...image, snapshots: new Map(owed.snapshots), flushed: new Map(owed.flushed) }),
  );
  try {
    await work(folder, owed);
  } finally {
    stop();
  }
  for (const [position, image] of images.entries()) {
    await mend?.(image);
    await checkImage(image, position);
  }
  return images.length;
}

/** Opens what a kill has left and looks at every byte, before and after garbage is collected there. */
async function checkImage({ folder, moment, snapshots, flushed }: Image & Owed, position: number) {
  const where = `kill ${position}, ${moment}`;
  const store = await openLocalBlockStore({ ...options, folder });
  // Reads as the block server does, on this thread: a store would start threads for each of hundreds of copies.
  const reader = openSnapshotReader({ folder, masterKey });
  const expectBlocks = async (
    blocks: ReadonlyMap<number, BlockReference | null>,
    seeds: Map<number, string>,
  ) => {
    for (const [index, seed] of seeds)
      expect((await reader.read(blocks.get(index)!)).equals(blockOf(seed)), where).toBe(true);
  };
  const expectAll = async () => {
    for (const [snapshotId, seeds] of snapshots) await expectBlocks(await blocksOf(store, snapshotId), seeds);
    expect((await store.verify()).problems, where).toEqual([]);
  };
  try {
    await expectAll();
    for (const [snapshotId, seeds] of flushed) {
      if ((await store.openSessions()).includes(`for-${snapshotId}`)) {
        const session = await store.openSession(`for-${snapshotId}`, 'domain');
        await expectBlocks(new Map((await Array.fromAsync(session.stagedEntries())).flat()), seeds);
      } else await expectBlocks(await blocksOf(store, snapshotId), seeds);
    }
    await store.collectGarbage();
    await store.collectGarbage();
    await expectAll();
  } finally {
    await reader.close();
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
  owed.flushed.set(snapshotId, put);
  await session.commit({ snapshotId, volumeSize, base });
  owed.flushed.delete(snapshotId);
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
    await commit(store, owed, 'snap-5', 'pdq', 'snap-4');
    await store.close();
  });
  process.stdout.write(`${moments} kill points of writing, collecting and compacting\n`);
  expect(moments).toBeGreaterThan(200);
});

test('killed while many small packs are merged, a store owes nothing', async () => {
  const work: Work = async folder => {
    const store = await openLocalBlockStore({ ...options, folder });
    expect((await store.collectGarbage()).packsCompacted).toBe(8);
    expect((await store.collectGarbage()).packsRemoved).toBe(8);
    expect((await readdir(join(folder, 'packs'))).length).toBeLessThan(3);
    await store.close();
  };
  const moments = await killEverywhere(work, async (folder, owed) => {
    for (const [position, seed] of [...'abcdefgh'].entries()) {
      const store = await openLocalBlockStore({ ...options, folder });
      await commit(store, owed, `snap-${position}`, seed);
      await store.close();
    }
  });
  process.stdout.write(`${moments} kill points of merging\n`);
  expect(moments).toBeGreaterThan(40);
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
  expect(moments).toBeGreaterThan(100);
});

test('killed while its index is rebuilt and a pack replaced, a store is mended by the next repair', async () => {
  const work: Work = async folder => {
    const { repaired } = await repairStore({ folder, masterKey });
    expect(repaired.length).toBeGreaterThan(1);
  };
  const prepare: Work = async (folder, owed) => {
    const store = await openLocalBlockStore({ ...options, folder });
    await commit(store, owed, 'snap-1', 'abcdef');
    await store.close();
    await writeFile(join(folder, 'index.sqlite'), 'no index');
  };
  const moments = await killEverywhere(work, prepare, async ({ folder }) => {
    const { index, packProblems, damaged } = await repairStore({ folder, masterKey });
    expect({ index, packProblems, damaged }).toEqual({ index: undefined, packProblems: [], damaged: [] });
  });
  process.stdout.write(`${moments} kill points of mending\n`);
  expect(moments).toBeGreaterThan(10);
});
