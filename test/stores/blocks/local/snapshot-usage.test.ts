import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { blockSize } from '../../../../src/domain/manifest.ts';
import {
  type LocalBlockStore,
  openLocalBlockStore,
} from '../../../../src/stores/blocks/local/local-block-store.ts';
import { openSnapshotReader } from '../../../../src/stores/blocks/local/read/snapshot-reader.ts';

const masterKey = randomBytes(32);
let folder: string;
let store: LocalBlockStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amity-usage-'));
  store = await openLocalBlockStore({ folder, masterKey });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

async function commit(snapshotId: string, blocks: readonly Buffer[]) {
  const session = await store.openSession(snapshotId, 'domain');
  for (const [index, block] of blocks.entries()) await session.put(index, block);
  await session.commit({ snapshotId, volumeSize: blocks.length * blockSize });
}
async function usage() {
  const reader = openSnapshotReader({ folder, masterKey });
  try {
    const found = await reader.usage();
    return Object.fromEntries(found.map(({ snapshotId, ...bytes }) => [snapshotId, bytes]));
  } finally {
    await reader.close();
  }
}
/** Random blocks do not compress: each is its own bytes and a little more. */
const blocks = (count: number) => ({ least: count * blockSize, most: count * (blockSize + 500) });
const between = (bytes: number, { least, most }: { least: number; most: number }) => {
  expect(bytes).toBeGreaterThanOrEqual(least);
  expect(bytes).toBeLessThanOrEqual(most);
};

test('a snapshot alone owns all its bytes, and what another one needs, too, is shared by both', async () => {
  const [a, b, c] = [randomBytes(blockSize), randomBytes(blockSize), randomBytes(blockSize)];
  // The same block twice is one.
  await commit('snap-1', [a, b, a]);
  const alone = (await usage())['snap-1']!;
  between(alone.ownBytes, blocks(2));
  expect(alone.sharedBytes).toBe(0);

  await commit('snap-2', [a, c, Buffer.alloc(blockSize)]);
  await commit('snap-3', [a]);
  const { 'snap-1': first, 'snap-2': second, 'snap-3': third } = await usage();
  for (const { ownBytes, sharedBytes } of [first!, second!]) {
    between(ownBytes, blocks(1));
    between(sharedBytes, blocks(1));
  }
  expect(first!.ownBytes + first!.sharedBytes).toBe(alone.ownBytes);
  expect(third).toEqual({ ownBytes: 0, sharedBytes: first!.sharedBytes });

  await store.deleteManifest('snap-2');
  await store.deleteManifest('snap-3');
  expect(await usage()).toEqual({ 'snap-1': alone });
});

test('a block that differs in a page from one of another snapshot owns that page only', async () => {
  const block = randomBytes(blockSize);
  const changed = Buffer.from(block);
  randomBytes(4096).copy(changed, 5 * 4096);
  await commit('snap-1', [block]);
  await commit('snap-2', [changed]);
  const { 'snap-1': first, 'snap-2': second } = await usage();
  expect(first!.ownBytes).toBe(0);
  between(second!.ownBytes, { least: 4096, most: 4096 + 500 });
  expect(second!.sharedBytes).toBe(first!.sharedBytes);
});
