import type { BlockReference } from '../../../../domain/manifest.ts';
import type { Manifest } from '../../block-store.ts';
import { storeFolders } from '../files/folders.ts';
import { localPackStorage } from '../files/local-pack-storage.ts';
import { manifestFiles } from '../files/manifest-files.ts';
import type { PackReader } from '../files/pack-storage.ts';
import { blockIndex } from '../index/block-index.ts';
import { openIndexFileReadOnly } from '../index/index-schema.ts';
import { keyRing } from '../keys/key-ring.ts';
import { tasks } from '../threads/worker-tasks.ts';
import { blockReader } from './block-reader.ts';
import { segmentReader } from './segment-reader.ts';
import { SegmentMissing, type SegmentSource } from './segment-source.ts';
import { type SnapshotUsage, snapshotUsage } from './snapshot-usage.ts';

/** Snapshots of a local store, read by another process than the one that writes it. */
export interface SnapshotReader extends SegmentSource {
  /** @throws BlockMissing, BlockCorrupt */
  read(reference: BlockReference): Promise<Buffer>;
  /** The caller closes it. @param cachedChunks chunks it keeps in memory, 144 KiB each at most */
  openManifest(snapshotId: string, cachedChunks?: number): Promise<Manifest | undefined>;
  has(snapshotId: string): Promise<boolean>;
  list(): Promise<string[]>;
  /** What each snapshot alone takes, and what it shares. @throws BlockMissing, BlockCorrupt, SegmentMissing */
  usage(): Promise<SnapshotUsage[]>;
  close(): Promise<void>;
}

export interface SnapshotReaderOptions {
  folder: string;
  masterKey: Buffer;
  /** Where the packs are, if not in the folder. */
  packs?: PackReader;
}

export function openSnapshotReader({ folder, masterKey, packs }: SnapshotReaderOptions): SnapshotReader {
  const folders = storeFolders(folder);
  const keys = keyRing(folders.keys, masterKey);
  const manifests = manifestFiles(folders.manifests);
  const storage = packs ?? localPackStorage(folders.packs);
  let index = blockIndex(openIndexFileReadOnly(folders.index));
  const refresh = async () => {
    // A rebuilt index is another file under the same name.
    const fresh = blockIndex(openIndexFileReadOnly(folders.index));
    index.close();
    index = fresh;
  };
  const segments = segmentReader({
    storage,
    keys,
    recipe: reference => index.recipe(reference),
    segment: (domain, number) => index.segments.find(domain, number),
    refresh,
    // On this thread: a guest waits for it, and another thread would take longer to start than to answer.
    open: input => tasks.open(input),
  });
  const reader = blockReader({ segments, hash: async bytes => tasks.hash({ bytes }) });
  return {
    read: reader.read,
    recipe: segments.recipe,
    segment: segments.segment,
    openManifest: manifests.open,
    has: manifests.has,
    list: manifests.list,
    usage: () =>
      snapshotUsage({
        ...manifests,
        openManifest: manifests.open,
        recipe: segments.recipe,
        async storedLength(domain, number) {
          const found = index.segments.find(domain, number);
          if (!found) throw new SegmentMissing(domain, number, 'the index does not list it');
          return found.length;
        },
        lastSegment: () => index.segments.last(),
      }),
    async close() {
      reader.close();
      await storage.close();
      index.close();
    },
  };
}
