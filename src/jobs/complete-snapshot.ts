import type { ManifestSummary } from '../domain/manifest.ts';
import { inspectSnapshot } from './inspect-snapshot.ts';
import { putCompleted } from './put-completed.ts';
import type { JobServices } from './services.ts';
import { settleImages } from './settle-images.ts';

/**
 * Completes the pending snapshot whose manifest is durable, and the images that waited for it. False when nobody wants
 * it any more.
 */
export async function completeSnapshot(
  { records, blocks, now }: JobServices,
  manifest: ManifestSummary,
): Promise<boolean> {
  const disk = await inspectSnapshot(blocks, manifest.snapshotId);
  return records.transaction(async writer => {
    const snapshot = await writer.snapshots.get(manifest.snapshotId);
    if (snapshot?.state !== 'pending') return false;
    await putCompleted(writer, snapshot, { manifest, disk, time: now() });
    await settleImages(writer, [manifest.snapshotId]);
    return true;
  });
}
