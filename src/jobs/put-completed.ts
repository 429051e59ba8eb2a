import type { DiskFacts } from '../domain/disk-facts.ts';
import { blockSize, type ManifestSummary } from '../domain/manifest.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { RegionWriter } from '../stores/records/database.ts';
import { writeDiskTag } from './disk-tag.ts';

/** Writes a snapshot as completed, and shows its owner what is on its disk. */
export async function putCompleted(
  writer: RegionWriter,
  snapshot: Snapshot,
  { manifest, disk, time }: { manifest: ManifestSummary; disk: DiskFacts; time: Date },
): Promise<void> {
  await writer.snapshots.put({
    ...snapshot,
    state: 'completed',
    progress: 100,
    completionTime: time.toISOString(),
    fullSnapshotSizeInBytes: manifest.blockCount * blockSize,
    disk,
  });
  await writeDiskTag(writer, snapshot.ownerId, { id: snapshot.snapshotId, type: 'snapshot' }, disk);
}
