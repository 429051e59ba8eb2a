import type { FrozenVolume } from '../disks/disk.ts';
import { keyDomainOf } from '../domain/key-domain.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { manifestSummary, type WriteSession } from '../stores/blocks/block-store.ts';
import { completeSnapshot } from './complete-snapshot.ts';
import { failSnapshots, whyImageEnded } from './fail-snapshots.ts';
import { findFrozen, releaseHolder } from './frozen-views.ts';
import { type JobKind, PermanentFailure } from './job.ts';
import { reEncrypt } from './re-encrypt.ts';
import { releaseManifest } from './release-manifest.ts';
import type { JobServices } from './services.ts';
import { storeFrozen } from './store-frozen.ts';
import { requireSnapshotKey } from './usable-keys.ts';

/**
 * Stores frozen views block by block. A snapshot is completed when its manifest is durable; only then does the volume
 * forget what had changed since the one before. Where a view died with its process the snapshot fails: that moment is gone.
 */
export const storeSnapshots: JobKind<'store-snapshots', JobServices> = {
  kind: 'store-snapshots',
  async run({ input: { views, holderId }, signal }, services) {
    for (const view of views) {
      const frozen = await findFrozen(services, holderId, view);
      const snapshot = await services.records.read.snapshots.get(view.snapshotId);
      const stored =
        snapshot?.state === 'completed' || (await store(services, snapshot, frozen, holderId, signal));
      await release(services, view.snapshotId, frozen, stored);
    }
    await releaseHolder(services, views, holderId);
  },

  async failed({ input: { views, holderId } }, reason, services) {
    await failSnapshots(
      services,
      views.map(view => view.snapshotId),
      reason,
    );
    for (const view of views) {
      const frozen = await findFrozen(services, holderId, view).catch(() => undefined);
      const snapshot = await services.records.read.snapshots.get(view.snapshotId);
      await release(services, view.snapshotId, frozen, snapshot?.state === 'completed');
    }
    await releaseHolder(services, views, holderId);
  },
};

/** Stores one view and completes its snapshot; false when nobody wants it any more. */
async function store(
  services: JobServices,
  snapshot: Snapshot | undefined,
  frozen: FrozenVolume | undefined,
  holderId: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (snapshot?.state !== 'pending') return false;
  const { snapshotId } = snapshot;
  const written = await manifestSummary(services.blocks, snapshotId);
  if (written) return completeSnapshot(services, written);
  if (!frozen)
    throw new PermanentFailure(
      'Server.InternalError',
      `Server.InternalError: The process that held the frozen view for '${snapshotId}' died before it was stored.`,
    );
  await requireSnapshotKey(services, snapshot);
  const session = await services.blocks.openSession(snapshotId, keyDomainOf(snapshot));
  const tell = (progress: number) => note(services, snapshotId, holderId, progress);
  if (!(await storeFrozen(frozen, session, signal, tell))) return false;
  const { size, base } = frozen;
  if (
    snapshot.kmsKeyId &&
    base &&
    !(await underItsKey(services, session, snapshot, base, signal, () => tell(99)))
  )
    return false;
  return completeSnapshot(
    services,
    await session.commit({ snapshotId, volumeSize: size, ...(base && { base }) }),
  );
}

/**
 * What a volume has not changed since it was made may lie under another key, or none of its own: its first snapshot takes
 * it under its own, later ones find it there.
 */
async function underItsKey(
  { blocks }: JobServices,
  session: WriteSession,
  snapshot: Snapshot,
  base: string,
  signal: AbortSignal,
  isWanted: () => Promise<boolean>,
): Promise<boolean> {
  const manifest = await blocks.openManifest(base);
  // The commit names what is missing.
  if (!manifest) return true;
  try {
    return await reEncrypt(blocks, session, keyDomainOf(snapshot), manifest, signal, isWanted);
  } finally {
    await manifest.close();
  }
}

/** Notes progress; false when the snapshot was deleted, or its image failed or was deregistered meanwhile. */
async function note(
  { records }: JobServices,
  snapshotId: string,
  holderId: string,
  progress: number,
): Promise<boolean> {
  return records.transaction(async writer => {
    const snapshot = await writer.snapshots.get(snapshotId);
    if (snapshot?.state !== 'pending') return false;
    // Not by the volume's attachment: an instance that is terminated meanwhile has none any more.
    const images = await writer.images.list({ sourceInstanceId: holderId });
    const image = images.find(({ blockDeviceMappings }) =>
      blockDeviceMappings.some(({ ebs }) => ebs?.snapshotId === snapshotId),
    );
    if (image && image.state !== 'pending') {
      await writer.snapshots.put({ ...snapshot, state: 'error', stateReason: whyImageEnded(image) });
      return false;
    }
    await writer.snapshots.put({ ...snapshot, progress });
    return true;
  });
}

async function release(
  services: JobServices,
  snapshotId: string,
  frozen: FrozenVolume | undefined,
  stored: boolean,
): Promise<void> {
  if (stored) await frozen?.commit();
  else {
    await frozen?.abandon();
    await services.blocks.abortSession(snapshotId);
    await releaseManifest(services, snapshotId);
  }
  if (frozen?.base) await releaseManifest(services, frozen.base);
}
