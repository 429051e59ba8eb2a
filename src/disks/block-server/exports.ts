import { isSnapshotId } from '../../stores/blocks/local/manifest-files.ts';
import type { ManifestView } from '../../stores/blocks/local/manifest-format.ts';
import type { SnapshotReader } from '../../stores/blocks/local/snapshot-reader.ts';
import type { NbdExport } from '../nbd/server.ts';
import { blockCache } from './block-cache.ts';
import { snapshotDisk } from './snapshot-disk.ts';

export const defaultCacheBytes = 64 * 1024 * 1024;
/** Bytes of manifests kept for the next connection; those of open connections come on top. */
const manifestCacheBytes = 64 * 1024 * 1024;

/** Every snapshot that has a manifest, as an export of the name of its id; looked up per connection. */
export function snapshotExports(snapshots: SnapshotReader, cacheBytes = defaultCacheBytes) {
  const cache = blockCache(cacheBytes);
  const manifests = new Map<string, ManifestView>();

  const manifestOf = async (snapshotId: string) => {
    // A manifest never changes, but it may be gone: then no new connection gets it.
    const known = manifests.get(snapshotId);
    if (known && (await snapshots.has(snapshotId))) return known;
    manifests.delete(snapshotId);
    const view = await snapshots.manifest(snapshotId);
    if (view) manifests.set(snapshotId, view);
    let bytes = [...manifests.values()].reduce((sum, kept) => sum + kept.byteLength, 0);
    for (const [oldest, { byteLength }] of manifests) {
      if (bytes <= manifestCacheBytes) break;
      manifests.delete(oldest);
      bytes -= byteLength;
    }
    return view;
  };

  return {
    async lookup(name: string): Promise<NbdExport | undefined> {
      if (!isSnapshotId(name)) return undefined;
      const manifest = await manifestOf(name);
      return manifest && snapshotDisk(manifest, snapshots.read, cache);
    },
    list: () => snapshots.list(),
  };
}
