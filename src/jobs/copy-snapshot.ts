import type { Snapshot } from '../domain/snapshot.ts';
import { completeSnapshot } from './complete-snapshot.ts';
import { copyBlocks } from './copy-blocks.ts';
import { failSnapshots, whyImageEnded } from './fail-snapshots.ts';
import type { JobKind } from './job.ts';
import type { JobInputs } from './kinds.ts';
import { releaseManifest } from './release-manifest.ts';
import type { JobServices } from './services.ts';
import { settleImages } from './settle-images.ts';

/**
 * Copies a snapshot within the region, by itself or for an image, which gets available with its last one. Its source may
 * be deleted meanwhile: its manifest stays until then.
 */
export const copySnapshot: JobKind<'copy-snapshot', JobServices> = {
  kind: 'copy-snapshot',
  async run({ input, signal }, services) {
    const copy = await wantedCopy(services, input);
    const tell = async (progress: number) => (await wantedCopy(services, input, progress)) !== undefined;
    const manifest = copy && (await copyBlocks(services, copy, input, signal, tell));
    const completed = manifest && (await completeSnapshot(services, manifest));
    if (!completed) {
      await services.records.transaction(writer => settleImages(writer, [input.snapshotId]));
      await forgetBlocks(services, input.snapshotId);
    }
    await releaseManifest(services, input.sourceSnapshotId);
  },
  async failed({ input }, reason, services) {
    await failSnapshots(services, [input.snapshotId], reason);
    await forgetBlocks(services, input.snapshotId);
    await releaseManifest(services, input.sourceSnapshotId);
  },
};

/**
 * The copy, unless it was deleted or completed before, or its image was deregistered or failed: it fails with that.
 * Notes its progress, if given.
 */
async function wantedCopy(
  { records }: JobServices,
  { snapshotId, imageId }: JobInputs['copy-snapshot'],
  progress?: number,
): Promise<Snapshot | undefined> {
  return records.transaction(async writer => {
    const snapshot = await writer.snapshots.get(snapshotId);
    if (snapshot?.state !== 'pending') return undefined;
    const image = imageId === undefined ? undefined : await writer.images.get(imageId);
    if (imageId === undefined || image?.state === 'pending') {
      if (progress !== undefined) await writer.snapshots.put({ ...snapshot, progress });
      return snapshot;
    }
    const stateReason = whyImageEnded(image ?? { imageId });
    await writer.snapshots.put({ ...snapshot, state: 'error', stateReason });
    return undefined;
  });
}

/** Leaves a completed snapshot's blocks alone. */
async function forgetBlocks(services: JobServices, snapshotId: string): Promise<void> {
  const snapshot = await services.records.read.snapshots.get(snapshotId);
  if (snapshot?.state === 'completed') return;
  await services.blocks.abortSession(snapshotId);
  await releaseManifest(services, snapshotId);
}
