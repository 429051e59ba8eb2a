import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { snapshotExports } from '../../src/disks/block-server/exports.ts';
import { serveNbd } from '../../src/disks/nbd/server.ts';
import { warmBlocks } from '../../src/disks/warm.ts';
import { blockSize } from '../../src/domain/manifest.ts';
import type { Manifest } from '../../src/stores/blocks/block-store.ts';
import { profileFiles } from '../../src/stores/blocks/local/files/profile-files.ts';
import { memorySegments, whole } from './block-server/memory-segments.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amity-warm-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('blocks that were warmed are in the cache for the guest, and are not taken for a boot', async () => {
  const everyBlock = new Map(Array.from({ length: 60 }, (_, index) => [index, whole(index)]));
  const segments = memorySegments(everyBlock, 60);
  const { snapshotId, volumeSize, at } = segments.blocks;
  const chunk = { blockCount: 0, at, entries: () => [] };
  const manifest = { snapshotId, volumeSize, chunk: () => chunk } as unknown as Manifest;
  const profiles = profileFiles(folder);
  const exports = snapshotExports({
    segments: segments.source,
    manifests: {
      acquire: async name => (name === 'snap-1' ? { manifest, release: () => undefined } : undefined),
      has: async name => name === 'snap-1',
      list: async () => ['snap-1'],
    },
    profiles,
    cacheBytes: 100 * blockSize,
  });
  const socketPath = join(folder, 'blocks');
  const server = await serveNbd({ socketPath, ...exports, onError: () => undefined });
  try {
    const wanted = Array.from({ length: 40 }, (_, index) => index + 10);
    await warmBlocks(socketPath, 'snap-1', [...wanted, 1000]);
    const fetched = segments.fetched.length;
    expect(new Set(segments.fetched)).toEqual(expect.objectContaining(new Set(wanted)));
    const disk = (await exports.lookup('snap-1'))!;
    for (const index of [12, 49, 30, 11]) await disk.read(index * blockSize + 4096, 4096);
    expect(segments.fetched).toHaveLength(fetched);
    disk.close?.();
    await exports.settled();
    expect(await profiles.read('snap-1')).toBeUndefined();
    await expect(warmBlocks(socketPath, 'snap-2', [0])).rejects.toThrow('snap-2');
  } finally {
    await server.close();
  }
});
