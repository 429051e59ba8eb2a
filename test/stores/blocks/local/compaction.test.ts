import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { blockSize } from '../../../../src/domain/manifest.ts';
import {
  type LocalBlockStore,
  openLocalBlockStore,
} from '../../../../src/stores/blocks/local/local-block-store.ts';
import { openSnapshotReader } from '../../../../src/stores/blocks/local/read/snapshot-reader.ts';
import { blocksOf } from '../../../support/manifests.ts';
import { quickFolder } from '../../../support/quick-folder.ts';

const masterKey = randomBytes(32);
const volumeSize = 1024 ** 3;
const packTarget = 256 * 1024;
const blockOf = (seed: string) => {
  const block = Buffer.alloc(blockSize, seed);
  createHash('shake256', { outputLength: 30_000 }).update(seed).digest().copy(block, 8_192);
  return block;
};

let folder: string;
let store: LocalBlockStore;
beforeEach(async () => {
  folder = await mkdtemp(join(quickFolder(), 'amity-compaction-'));
  store = await openLocalBlockStore({ folder, masterKey, packTarget, packGrace: 0 });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const packs = async () => (await readdir(join(folder, 'packs'))).length;
const reopen = async (packGrace = 0) => {
  await store.close();
  store = await openLocalBlockStore({ folder, masterKey, packTarget, packGrace });
};
const seedsOf = (count: number, mark: string) => Array.from({ length: count }, (_, at) => `${mark} ${at}`);
const commit = async (snapshotId: string, seeds: readonly string[]) => {
  const session = await store.openSession(`for-${snapshotId}`, 'domain');
  for (const [index, seed] of seeds.entries()) await session.put(index, blockOf(seed));
  await session.commit({ snapshotId, volumeSize });
};
const expectBlocks = async (snapshotId: string, seeds: readonly string[]) => {
  const blocks = await blocksOf(store, snapshotId);
  for (const [index, seed] of seeds.entries())
    expect((await store.read(blocks.get(index)!)).equals(blockOf(seed)), seed).toBe(true);
};
/** Half of it dead in every pack. */
const mostlyDead = async () => {
  const dead = seedsOf(32, 'dead');
  const kept = dead.filter((_, at) => at % 8 === 0);
  await commit('snap-dead', dead);
  await commit('snap-kept', kept);
  await store.deleteManifest('snap-dead');
  return kept;
};

test('packs that are mostly dead give their bytes back, at the collection after', async () => {
  const kept = await mostlyDead();
  await reopen();
  const before = await packs();
  const first = await store.collectGarbage();
  expect(first.packsCompacted).toBeGreaterThan(2);
  expect(await store.collectGarbage()).toMatchObject({
    packsRemoved: first.packsCompacted,
    packsCompacted: 0,
  });
  expect(await packs()).toBeLessThan(before / 2);
  await expectBlocks('snap-kept', kept);
  expect(await store.collectGarbage()).toEqual({
    blocksRemoved: 0,
    segmentsRemoved: 0,
    packsRemoved: 0,
    packsCompacted: 0,
  });
  await reopen();
  expect((await store.verify({ readData: true })).problems).toEqual([]);
});

test('a lost index is rebuilt from compacted packs, also while the old ones are there', async () => {
  const kept = await mostlyDead();
  await reopen();
  await store.collectGarbage();
  for (const round of [1, 2]) {
    await store.close();
    for (const name of await readdir(folder))
      if (name.startsWith('index.sqlite')) await rm(join(folder, name));
    store = await openLocalBlockStore({ folder, masterKey, packTarget, packGrace: 0 });
    await expectBlocks('snap-kept', kept);
    for (let times = 0; times < 3; times++) await store.collectGarbage();
    await expectBlocks('snap-kept', kept);
    expect((await store.verify({ readData: true })).problems, `round ${round}`).toEqual([]);
  }
});

test('a reader in another process finds moved segments, before and after the old packs go', async () => {
  const kept = await mostlyDead();
  await reopen();
  const reader = openSnapshotReader({ folder, masterKey });
  const references = [...(await blocksOf(store, 'snap-kept')).values()];
  const expectAll = async () => {
    for (const [at, reference] of references.entries())
      expect((await reader.read(reference)).equals(blockOf(kept[at]!))).toBe(true);
  };
  try {
    await expectAll();
    let running = true;
    const reading = (async () => {
      while (running) await expectAll();
    })();
    expect((await store.collectGarbage()).packsCompacted).toBeGreaterThan(0);
    expect((await store.collectGarbage()).packsRemoved).toBeGreaterThan(0);
    running = false;
    await reading;
    await expectAll();
  } finally {
    await reader.close();
  }
});

test('old packs stay for their grace period', async () => {
  await mostlyDead();
  await reopen(3_600_000);
  const before = await packs();
  expect((await store.collectGarbage()).packsCompacted).toBeGreaterThan(0);
  expect((await store.collectGarbage()).packsRemoved).toBe(0);
  expect(await packs()).toBeGreaterThan(before);
});

test('small packs are merged once there are several', async () => {
  for (let at = 0; at < 8; at++) {
    await commit(`snap-${at}`, [`small ${at}`]);
    await reopen();
    if (at < 7) expect((await store.collectGarbage()).packsCompacted).toBe(0);
  }
  expect(await packs()).toBe(8);
  expect((await store.collectGarbage()).packsCompacted).toBe(8);
  await store.collectGarbage();
  expect(await packs()).toBe(1);
  for (let at = 0; at < 8; at++) await expectBlocks(`snap-${at}`, [`small ${at}`]);
});

test('segments of version 1 move too, and survive the loss of the index', async () => {
  const old = await mkdtemp(join(quickFolder(), 'amity-compaction-1-'));
  await cp(join(import.meta.dirname, '../../../fixtures/block-store-v1'), old, { recursive: true });
  const settings = { folder: old, masterKey: Buffer.alloc(32, 'fixture'), packGrace: 0, packTarget };
  let version1 = await openLocalBlockStore(settings);
  try {
    for (const sessionId of await version1.openSessions()) await version1.abortSession(sessionId);
    await version1.deleteManifest('snap-3');
    await version1.deleteManifest('snap-1');
    expect((await version1.collectGarbage()).packsCompacted).toBeGreaterThan(0);
    await version1.collectGarbage();
    await version1.close();
    for (const name of await readdir(old)) if (name.startsWith('index.sqlite')) await rm(join(old, name));
    version1 = await openLocalBlockStore(settings);
    for (const reference of (await blocksOf(version1, 'snap-2')).values()) await version1.read(reference);
    expect((await version1.verify({ readData: true })).problems).toEqual([]);
  } finally {
    await version1.close();
    await rm(old, { recursive: true });
  }
});
