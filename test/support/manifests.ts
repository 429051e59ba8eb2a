import { blockSize, type ManifestEntry } from '../../src/domain/manifest.ts';
import type { BlockStore } from '../../src/stores/blocks/block-store.ts';

/** What a snapshot's manifest lists; undefined if there is none. */
export async function listOf(store: BlockStore, snapshotId: string): Promise<ManifestEntry[] | undefined> {
  const manifest = await store.openManifest(snapshotId);
  if (!manifest) return undefined;
  try {
    return (await Array.fromAsync(manifest.entries())).flat();
  } finally {
    await manifest.close();
  }
}

/** The same by block index. @throws if there is no manifest */
export async function blocksOf(store: BlockStore, snapshotId: string) {
  const entries = await listOf(store, snapshotId);
  if (!entries) throw new Error(`${snapshotId} has no manifest`);
  return new Map(entries);
}

/** Stores a disk as the blocks of a snapshot whose volume has `volumeSize` bytes. */
export async function storeDisk(store: BlockStore, snapshotId: string, disk: Buffer, volumeSize = 1024 ** 3) {
  const session = await store.openSession(snapshotId, '111122223333/default');
  for (let index = 0; index * blockSize < disk.length; index++) {
    const block = Buffer.alloc(blockSize);
    disk.copy(block, 0, index * blockSize);
    await session.put(index, block);
  }
  return session.commit({ snapshotId, volumeSize });
}
