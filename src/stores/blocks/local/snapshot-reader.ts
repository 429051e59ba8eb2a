import type { BlockReference } from '../../../domain/manifest.ts';
import type { Manifest } from '../block-store.ts';
import { blockIndex } from './block-index.ts';
import { blockReader } from './block-reader.ts';
import { storeFolders } from './folders.ts';
import { openIndexFileReadOnly } from './index-schema.ts';
import { keyRing } from './key-ring.ts';
import { manifestFiles } from './manifest-files.ts';

/** Snapshots of a local store, read by another process than the one that writes it. */
export interface SnapshotReader {
  /** @throws BlockMissing, BlockCorrupt */
  read(reference: BlockReference): Promise<Buffer>;
  /** The caller closes it. @param cachedChunks chunks it keeps in memory, 144 KiB each at most */
  openManifest(snapshotId: string, cachedChunks?: number): Promise<Manifest | undefined>;
  has(snapshotId: string): Promise<boolean>;
  list(): Promise<string[]>;
  close(): Promise<void>;
}

export function openSnapshotReader({
  folder,
  masterKey,
}: {
  folder: string;
  masterKey: Buffer;
}): SnapshotReader {
  const folders = storeFolders(folder);
  const keys = keyRing(folders.keys, masterKey);
  const manifests = manifestFiles(folders.manifests);
  let index = blockIndex(openIndexFileReadOnly(folders.index));
  const reader = blockReader({
    packsFolder: folders.packs,
    keys,
    find: reference => index.find(reference),
    findAgain: reference => {
      // A rebuilt index is another file under the same name.
      const fresh = blockIndex(openIndexFileReadOnly(folders.index));
      index.close();
      index = fresh;
      return index.find(reference);
    },
  });
  return {
    read: reader.read,
    openManifest: manifests.open,
    has: manifests.has,
    list: manifests.list,
    async close() {
      await reader.close();
      index.close();
    },
  };
}
