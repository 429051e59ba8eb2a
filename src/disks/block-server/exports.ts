import { chunkOf } from '../../domain/manifest.ts';
import { isSnapshotId } from '../../stores/blocks/local/manifest-files.ts';
import type { SnapshotReader } from '../../stores/blocks/local/snapshot-reader.ts';
import type { NbdExport } from '../nbd/server.ts';
import { blockCache } from './block-cache.ts';
import { sharedManifests } from './shared-manifests.ts';
import { snapshotDisk } from './snapshot-disk.ts';

const defaultCacheBytes = 64 * 1024 * 1024;

/** Every snapshot that has a manifest, as an export of the name of its id; looked up per connection. */
export function snapshotExports(snapshots: SnapshotReader, cacheBytes = defaultCacheBytes) {
  const cache = blockCache(cacheBytes);
  const manifests = sharedManifests(snapshots);

  return {
    async lookup(name: string): Promise<NbdExport | undefined> {
      const shared = isSnapshotId(name) ? await manifests.acquire(name) : undefined;
      if (!shared) return undefined;
      const { manifest, release } = shared;
      const at = (index: number) => {
        const chunk = manifest.chunk(chunkOf(index));
        return chunk instanceof Promise ? chunk.then(loaded => loaded.at(index)) : chunk.at(index);
      };
      const disk = snapshotDisk({ volumeSize: manifest.volumeSize, at }, snapshots.read, cache);
      return { ...disk, close: release };
    },
    list: () => snapshots.list(),
  };
}
