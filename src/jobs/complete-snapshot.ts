import { blockSize, type ManifestSummary } from '../domain/manifest.ts';
import type { JobServices } from './services.ts';
import { settleImages } from './settle-images.ts';

/**
 * Completes the pending snapshot whose manifest is durable, and the images that waited for it. False when nobody wants
 * it any more.
 */
export async function completeSnapshot(
  { records, now }: JobServices,
  manifest: ManifestSummary,
): Promise<boolean> {
  return records.transaction(async writer => {
    const snapshot = await writer.snapshots.get(manifest.snapshotId);
    if (snapshot?.state !== 'pending') return false;
    await writer.snapshots.put({
      ...snapshot,
      state: 'completed',
      progress: 100,
      completionTime: now().toISOString(),
      fullSnapshotSizeInBytes: manifest.blockCount * blockSize,
    });
    await settleImages(writer, [manifest.snapshotId]);
    return true;
  });
}
