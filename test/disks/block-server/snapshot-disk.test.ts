import { describe, expect, test } from 'vitest';
import { blockPlans } from '../../../src/disks/block-server/block-plan.ts';
import { segmentCache } from '../../../src/disks/block-server/segment-cache.ts';
import { snapshotDisk } from '../../../src/disks/block-server/snapshot-disk.ts';
import { blockSize } from '../../../src/domain/manifest.ts';
import type { Run } from '../../../src/stores/blocks/local/formats/recipe.ts';
import { memorySegments, whole } from './memory-segments.ts';

function diskOf(recipes: Map<number, readonly Run[]>, lastBlock = 10) {
  const segments = memorySegments(recipes, lastBlock);
  const cache = segmentCache({ maxBytes: 100 * blockSize, fetch: segments.source.segment });
  const plan = blockPlans(segments.source.recipe)(segments.blocks);
  const disk = snapshotDisk({ blocks: segments.blocks, plan, cache, reader: { sequential: false } });
  const read = async (offset: number, length: number) =>
    Buffer.concat([...(await disk.read(offset, length))]);
  return { ...segments, disk, read };
}

describe('a snapshot as a disk', () => {
  test('reads across blocks, zeroes where there is none, up to a size that is no whole block', async () => {
    const { read, expected, disk } = diskOf(new Map([0, 2, 10].map(index => [index, whole(index)])));
    for (const [offset, length] of [
      [blockSize - 2, 2 * blockSize],
      [10 * blockSize, 512],
      [blockSize, blockSize],
    ] as const)
      expect((await read(offset, length)).equals(expected(offset, length))).toBe(true);
    expect(disk.size).toBe(10 * blockSize + 512);
  });

  test('puts a block together from pages of many segments, first from the store, then from memory', async () => {
    const scattered: Run[] = [
      { page: 1, count: 2, segment: 40, from: 126 },
      { page: 3, count: 1, segment: 41, from: 0 },
      { page: 7, count: 100, segment: 42, from: 5 },
      ...Array.from({ length: 20 }, (_, step) => ({
        page: 107 + step,
        count: 1,
        segment: 50 + step,
        from: 127 - step,
      })),
    ];
    const { read, expected, disk } = diskOf(
      new Map([
        [0, whole(7)],
        [1, scattered],
        [2, whole(8)],
      ]),
    );
    const ranges = [
      [blockSize - 100, 100 + 4096 * 8],
      [blockSize + 4096 * 2 + 17, 4096 * 6],
      [blockSize + 4096 * 100, 4096 * 40],
      [blockSize, blockSize],
    ] as const;
    for (const attempt of ['cold', 'warm'])
      for (const [offset, length] of ranges)
        expect((await read(offset, length)).equals(expected(offset, length)), attempt).toBe(true);
    expect(disk.read(blockSize, blockSize)).toHaveLength(1);
  });

  test('answers from memory at once and without a copy', async () => {
    const { read, disk } = diskOf(new Map([[0, whole(7)]]));
    await read(0, 1);
    const [first] = disk.read(0, 4096) as Buffer[];
    const [second] = disk.read(4096, 4096) as Buffer[];
    expect(second!.buffer).toBe(first!.buffer);
  });

  test('fetches only segments that hold what was asked for', async () => {
    const { read, fetched } = diskOf(
      new Map([
        [
          0,
          [
            { page: 0, count: 64, segment: 1, from: 0 },
            { page: 64, count: 64, segment: 2, from: 0 },
          ],
        ],
      ]),
    );
    await read(70 * 4096, 4096);
    expect(fetched).toEqual([2]);
  });

  test('tells holes from data', async () => {
    const { disk } = diskOf(new Map([0, 1, 4].map(index => [index, whole(index)])));
    expect(await disk.blockStatus!(100, 5 * blockSize)).toEqual([
      { length: 2 * blockSize - 100, flags: 0 },
      { length: 2 * blockSize, flags: 3 },
      { length: blockSize, flags: 0 },
      { length: 100, flags: 3 },
    ]);
  });

  test('a read that fails names the block and what is wrong, and is tried again by the next one', async () => {
    const { read, fail, expected } = diskOf(new Map([[3, whole(3)]]));
    fail(new Error('Segment 3 is corrupt (packs/1.pack)'));
    await expect(read(3 * blockSize, 10)).rejects.toThrow(/Block 3 of snap-1 .*packs\/1\.pack/);
    fail(undefined);
    expect(await read(3 * blockSize, 10)).toEqual(expected(3 * blockSize, 10));
  });

  test.each([
    [
      'overlapping runs',
      [
        { page: 0, count: 2, segment: 1, from: 0 },
        { page: 1, count: 1, segment: 1, from: 0 },
      ],
    ],
    ['pages behind the block', [{ page: 127, count: 2, segment: 1, from: 0 }]],
    ['pages behind the segment', [{ page: 0, count: 2, segment: 1, from: 127 }]],
  ])('refuses a recipe of %s', async (_, runs) => {
    await expect(diskOf(new Map([[0, runs]])).read(0, 512)).rejects.toThrow(/impossible recipe/);
  });
});
