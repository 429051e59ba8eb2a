import type { ManifestView } from '../../stores/blocks/local/manifest-format.ts';
import type { SnapshotReader } from '../../stores/blocks/local/snapshot-reader.ts';
import type { OpenManifests } from './exports.ts';

/** Bytes of manifests kept for the next connection; those of open connections come on top. */
const manifestCacheBytes = 64 * 1024 * 1024;

/** One manifest for all connections to a snapshot. */
export function sharedManifests(snapshots: SnapshotReader): OpenManifests {
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
    async acquire(snapshotId) {
      const manifest = await manifestOf(snapshotId);
      return manifest && { manifest, release: () => undefined };
    },
    has: snapshots.has,
    list: snapshots.list,
  };
}
