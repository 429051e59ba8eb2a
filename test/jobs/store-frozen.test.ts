import { describe, expect, test } from 'vitest';
import type { FrozenVolume } from '../../src/disks/disk.ts';
import { blockSize } from '../../src/domain/manifest.ts';
import { blocksOf, storeFrozen } from '../../src/jobs/store-frozen.ts';
import { memoryBlockStore } from '../../src/stores/blocks/memory.ts';

/** A frozen volume of `size` bytes, all ones, that has changed everywhere. */
function frozenOnes(size: number): FrozenVolume & { reads: number[] } {
  const reads: number[] = [];
  return {
    ...{ volumeId: 'vol-1', snapshotId: 'snap-1', base: undefined, size, reads },
    changed: async () => [{ offset: 0, length: size }],
    async read(offset, length) {
      if (offset + length > size) throw new RangeError('beyond the end');
      for (let at = offset; at < offset + length; at += blockSize) reads.push(at / blockSize);
      return Buffer.alloc(length, 1);
    },
    async commit() {},
    async abandon() {},
  };
}

const signal = new AbortController().signal;
const session = () => memoryBlockStore().openSession('snap-1', 'domain');

describe('the blocks of extents', () => {
  test.each([
    ['nothing', [], []],
    ['an empty extent', [[blockSize, 0]], []],
    ['one byte', [[blockSize, 1]], [1]],
    ['two bytes across a border', [[blockSize - 1, 2]], [0, 1]],
    ['exactly one block', [[blockSize, blockSize]], [1]],
    [
      'two extents in one block',
      [
        [0, 1],
        [10, 1],
      ],
      [0],
    ],
    [
      'extents that share a block',
      [
        [0, blockSize + 1],
        [blockSize + 5, blockSize],
      ],
      [0, 1, 2],
    ],
  ])('of %s', (_what, extents, indexes) => {
    const blocks = blocksOf(extents.map(([offset, length]) => ({ offset: offset!, length: length! })));
    expect([...blocks.indexes()]).toEqual(indexes);
  });
});

describe('storing a frozen volume', () => {
  test('stages every block once, and a short last one with zeroes behind it', async () => {
    const blocks = memoryBlockStore();
    const target = await blocks.openSession('snap-1', 'domain');
    const frozen = frozenOnes(2 * blockSize + 512);
    expect(await storeFrozen(frozen, target, signal, async () => true)).toBe(true);
    expect(frozen.reads.sort()).toEqual([0, 1, 2]);
    const last = await blocks.read((await Array.fromAsync(target.stagedEntries())).flat()[2]![1]!);
    expect(last.indexOf(0)).toBe(512);
    expect(last.lastIndexOf(1)).toBe(511);
  });

  test('tells progress in percent that rises from 0 to 99', async () => {
    const told: number[] = [];
    await storeFrozen(frozenOnes(160 * blockSize), await session(), signal, async percent => {
      told.push(percent);
      return true;
    });
    expect(told).toEqual([0, 39, 79, 99]);
  });

  test('does not read again what is staged', async () => {
    const target = await session();
    await target.put(0, Buffer.alloc(blockSize, 1));
    const frozen = frozenOnes(2 * blockSize);
    const told: number[] = [];
    await storeFrozen(frozen, target, signal, async percent => told.push(percent) > 0);
    expect(frozen.reads).toEqual([1]);
    expect(told).toEqual([49, 99]);
  });

  test('ends when nobody wants it any more', async () => {
    const frozen = frozenOnes(160 * blockSize);
    expect(await storeFrozen(frozen, await session(), signal, async percent => percent === 0)).toBe(false);
    expect(frozen.reads).toHaveLength(64);
  });

  test('ends when it is aborted', async () => {
    const abort = new AbortController();
    const frozen = frozenOnes(160 * blockSize);
    const stored = storeFrozen(frozen, await session(), abort.signal, async () => {
      abort.abort(new Error('The server stops'));
      return true;
    });
    await expect(stored).rejects.toThrow('The server stops');
    expect(frozen.reads).toHaveLength(64);
  });
});
