import { storeFolders } from '../../stores/blocks/local/files/folders.ts';
import type { PackReader } from '../../stores/blocks/local/files/pack-storage.ts';
import { profileFiles } from '../../stores/blocks/local/files/profile-files.ts';
import { openSnapshotReader } from '../../stores/blocks/local/read/snapshot-reader.ts';
import type { SnapshotExportsOptions } from './exports.ts';
import { sharedManifests } from './shared-manifests.ts';

/**
 * The snapshots of a block store on this machine, for `snapshotExports`.
 * @param packs where its packs are, if not in the folder
 */
export function openLocalSnapshots(
  folder: string,
  masterKey: Buffer,
  packs?: PackReader,
): Pick<SnapshotExportsOptions, 'segments' | 'manifests' | 'profiles'> & { close(): Promise<void> } {
  const snapshots = openSnapshotReader({ folder, masterKey, packs });
  const shared = sharedManifests(snapshots);
  return {
    segments: snapshots,
    manifests: { ...shared, has: snapshots.has, list: snapshots.list },
    profiles: profileFiles(storeFolders(folder).profiles),
    async close() {
      await shared.close();
      await snapshots.close();
    },
  };
}
