import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { snapshotExports } from '../../../src/disks/block-server/exports.ts';
import { blockSize } from '../../../src/domain/manifest.ts';
import type { Manifest } from '../../../src/stores/blocks/block-store.ts';
import { profileFiles } from '../../../src/stores/blocks/local/files/profile-files.ts';
import type { Run } from '../../../src/stores/blocks/local/formats/recipe.ts';
import { memorySegments, whole } from './memory-segments.ts';

describe('exports of snapshots', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'amity-exports-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A block server that has just started, and one snapshot. */
  const started = (recipes: Map<number, readonly Run[]>, parallel = 2, cacheBlocks = 200) => {
    const segments = memorySegments(recipes, 600);
    const profiles = profileFiles(folder);
    const { snapshotId, volumeSize, at } = segments.blocks;
    const chunk = { blockCount: 0, at, entries: () => [] };
    const manifest = { snapshotId, volumeSize, chunk: () => chunk };
    const exports = snapshotExports({
      segments: segments.source,
      manifests: {
        acquire: async () => ({ manifest: manifest as unknown as Manifest, release: () => undefined }),
        has: async () => true,
        list: async () => ['snap-1'],
      },
      profiles,
      cacheBytes: cacheBlocks * blockSize,
      parallel,
    });
    const connect = async () => {
      const disk = (await exports.lookup('snap-1'))!;
      disk.open!();
      return disk;
    };
    return { ...segments, exports, profiles, connect };
  };
  const everyBlock = new Map(Array.from({ length: 600 }, (_, index) => [index, whole(index)]));
  const boot = [500, 3, 77, 30, 12, 401];
  const settled = () => new Promise(resolve => setTimeout(resolve, 20));

  test('the next boot finds what the first one read on its way, in its order and no more than that', async () => {
    const first = started(everyBlock);
    const disk = await first.connect();
    for (const index of boot) await disk.read(index * blockSize + 8192, 4096);
    disk.close!();
    await first.exports.settled();
    expect(await first.profiles.read('snap-1')).toMatchObject({ boots: 1 });

    const second = started(everyBlock);
    const again = await second.connect();
    await expect.poll(() => second.fetched).toEqual(boot);
    await settled();
    for (const index of boot) expect(again.read(index * blockSize + 8192, 4096)).toBeInstanceOf(Array);
    expect(second.fetched).toEqual(boot);
    expect(second.exports.counters).toMatchObject({ reads: 6, segmentsFetched: 6 });
    again.close!();
  });

  test('of blocks put together from several segments only those are fetched whose pages were read', async () => {
    const halves = new Map(
      boot.map(index => [
        index,
        [
          { page: 0, count: 64, segment: index, from: 0 },
          { page: 64, count: 64, segment: index + 1000, from: 0 },
        ],
      ]),
    );
    const first = started(halves);
    const disk = await first.connect();
    for (const index of boot) await disk.read(index * blockSize + 100 * 4096, 4096);
    disk.close!();
    await first.exports.settled();
    const second = started(halves);
    const again = await second.connect();
    await settled();
    expect(second.fetched).toEqual(boot.map(index => index + 1000));
    again.close!();
  });

  test('a guest is not kept waiting by what is fetched ahead', async () => {
    const first = started(everyBlock);
    const disk = await first.connect();
    for (const index of boot) await disk.read(index * blockSize, 4096);
    disk.close!();
    await first.exports.settled();
    const second = started(everyBlock);
    const release = second.holdBack();
    const again = await second.connect();
    await expect.poll(() => second.fetched.length).toBe(2);
    const read = again.read(200 * blockSize, 10);
    await settled();
    expect(second.fetched).toEqual([...boot.slice(0, 2), 200]);
    release();
    await read;
    again.close!();
  });

  test('a reader going forward finds the next blocks on their way, and nothing is fetched once it has gone', async () => {
    const { connect, fetched, holdBack } = started(everyBlock);
    const disk = await connect();
    for (let index = 0; index < 4; index++) await disk.read(index * blockSize, blockSize);
    await settled();
    expect(fetched.length).toBeGreaterThan(4);
    const release = holdBack();
    const under = disk.read(4 * blockSize, 8 * blockSize);
    await settled();
    disk.close!();
    const before = fetched.length;
    expect(Math.max(...fetched)).toBeGreaterThan(11);
    release();
    await under;
    await settled();
    expect(fetched).toHaveLength(before);
  });

  test('a whole disk read from end to end leaves the boot set where it was, and is bounded', async () => {
    const { connect, fetched } = started(everyBlock, 2, 100);
    const guest = await connect();
    for (const index of boot) await guest.read(index * blockSize, 4096);
    const copy = await connect();
    for (let index = 0; index < 600; index++) await copy.read(index * blockSize, blockSize);
    await settled();
    fetched.length = 0;
    for (const index of boot) expect(guest.read(index * blockSize, 4096)).toBeInstanceOf(Array);
    expect(fetched).toEqual([]);
    copy.close!();
    guest.close!();
  });

  test('a client that only asks what there is has nothing fetched', async () => {
    const first = started(everyBlock);
    const disk = await first.connect();
    for (const index of boot) await disk.read(index * blockSize, 4096);
    disk.close!();
    await first.exports.settled();
    const second = started(everyBlock);
    (await second.exports.lookup('snap-1'))!.close!();
    await settled();
    expect(second.fetched).toEqual([]);
  });
});
