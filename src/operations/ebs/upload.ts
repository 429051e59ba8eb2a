import {
  uploadAccessDenied,
  uploadExpired,
  uploadNotFound,
  uploadNotPending,
  validationException,
} from '../../domain/ebs-errors.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { hasUploadExpired } from '../../domain/snapshot-upload.ts';
import { canSeeSnapshot } from '../../domain/snapshot-visibility.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/**
 * A snapshot of the caller's own, for the EBS direct API.
 * @throws ValidationException for what is no snapshot id, ResourceNotFoundException, AccessDeniedException
 */
export async function ownUploadedSnapshot(
  records: Pick<RegionReader, 'snapshots'>,
  accountId: string,
  snapshotId: string | undefined,
): Promise<Snapshot> {
  const id = snapshotId ?? '';
  if (!/^snap-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    throw validationException('INVALID_SNAPSHOT_ID', `Invalid snapshot id: "${id}" (expecting "snap-...")`);
  const snapshot = await records.snapshots.get(id);
  if (!snapshot || !canSeeSnapshot(snapshot, accountId)) throw uploadNotFound(id);
  if (snapshot.ownerId !== accountId) throw uploadAccessDenied(id);
  return snapshot;
}

export type UploadingSnapshot = Snapshot & Required<Pick<Snapshot, 'upload'>>;

/** @throws ValidationException once the upload is completed, in error or past its timeout. */
export function checkUploading(snapshot: Snapshot, now: Date): UploadingSnapshot {
  const { upload } = snapshot;
  if (!upload || snapshot.state !== 'pending') throw uploadNotPending(snapshot.snapshotId);
  if (hasUploadExpired(snapshot, now)) throw uploadExpired(snapshot.snapshotId);
  return { ...snapshot, upload };
}
