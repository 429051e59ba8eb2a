import { createHash } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { blockSize } from '../../../../src/domain/manifest.ts';
import {
  type LocalBlockStore,
  openLocalBlockStore,
} from '../../../../src/stores/blocks/local/local-block-store.ts';
import { openSnapshotReader } from '../../../../src/stores/blocks/local/read/snapshot-reader.ts';
import { blocksOf } from '../../../support/manifests.ts';

/**
 * A store that version 1 has written and been killed over: snap-1 lists blocks a to d, snap-2 a and e, snap-3 f to j, the
 * open session b, k and zeroes. Its last pack is not sealed.
 */
const fixture = join(import.meta.dirname, '../../../fixtures/block-store-v1');
const masterKey = Buffer.alloc(32, 'fixture');
const gib = 1024 ** 3;
const blockOf = (seed: string) => {
  const block = Buffer.alloc(blockSize, seed);
  createHash('shake256', { outputLength: 1_000 }).update(seed).digest().copy(block, 8_192);
  return block;
};

let folder: string;
let store: LocalBlockStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amity-blocks-1-'));
  await cp(fixture, folder, { recursive: true });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const expectBlocks = async (snapshotId: string, seeds: string) => {
  const blocks = await blocksOf(store, snapshotId);
  expect(blocks.size).toBe(seeds.length);
  for (const [index, seed] of [...seeds].entries())
    expect((await store.read(blocks.get(index)!)).equals(blockOf(seed)), `${snapshotId} ${seed}`).toBe(true);
};

test('a store of version 1 is opened, read, written to and collected', async () => {
  store = await openLocalBlockStore({ folder, masterKey });
  await expectBlocks('snap-1', 'abcd');
  await expectBlocks('snap-2', 'ae');
  await expectBlocks('snap-3', 'fghij');

  expect(await store.openSessions()).toEqual(['open']);
  const open = await store.openSession('open', 'domain');
  expect([...(await open.staged()).indexes()]).toEqual([0, 1, 2]);
  await open.put(2, blockOf('c'));
  await open.put(3, blockOf('new'));
  await open.commit({ snapshotId: 'snap-4', volumeSize: gib });
  expect(await store.read((await blocksOf(store, 'snap-4')).get(3)!)).toEqual(blockOf('new'));

  await store.deleteManifest('snap-3');
  expect(await store.collectGarbage()).toMatchObject({ blocksRemoved: 5, segmentsRemoved: 5 });
  await store.deleteManifest('snap-1');
  expect(await store.collectGarbage()).toMatchObject({ blocksRemoved: 1, segmentsRemoved: 1 });
  await store.close();
  store = await openLocalBlockStore({ folder, masterKey });
  await expectBlocks('snap-2', 'ae');
  expect((await store.verify({ readData: true })).problems).toEqual([]);
});

test('a lost index is rebuilt from packs of both versions', async () => {
  store = await openLocalBlockStore({ folder, masterKey });
  const session = await store.openSession('s', 'domain');
  for (const [index, seed] of ['a', 'x', 'y'].entries()) await session.put(index, blockOf(seed));
  await session.commit({ snapshotId: 'snap-5', volumeSize: gib });
  await store.close();
  for (const end of ['', '-wal', '-shm']) await rm(join(folder, `index.sqlite${end}`), { force: true });
  store = await openLocalBlockStore({ folder, masterKey });
  await expectBlocks('snap-1', 'abcd');
  await expectBlocks('snap-3', 'fghij');
  await expectBlocks('snap-5', 'axy');
});

test('a segment of version 1 is bound to its block also for readers that see no digest', async () => {
  store = await openLocalBlockStore({ folder, masterKey });
  const blocks = await blocksOf(store, 'snap-1');
  const { DatabaseSync } = await import('node:sqlite');
  const reader = openSnapshotReader({ folder, masterKey });
  try {
    const [run] = await reader.recipe(blocks.get(0)!);
    expect(await reader.segment('domain', run!.segment)).toEqual(blockOf('a'));
    const [other] = await reader.recipe(blocks.get(1)!);
    const db = new DatabaseSync(join(folder, 'index.sqlite'));
    db.prepare(
      'UPDATE segments SET (pack, offset, length) = (SELECT pack, offset, length FROM segments WHERE id = ?) WHERE id = ?',
    ).run(other!.segment, run!.segment);
    db.close();
    await expect(reader.segment('domain', run!.segment)).rejects.toThrow(/corrupt/);
    await expect(store.read(blocks.get(0)!)).rejects.toThrow(/corrupt.*pack/);
  } finally {
    await reader.close();
  }
});
