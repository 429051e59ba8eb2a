import { uploadAccessDenied, uploadExpired, uploadNotPending } from '../../domain/ebs-errors.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { hasUploadExpired } from '../../domain/snapshot-upload.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { visibleSnapshot } from './visible-snapshot.ts';

/**
 * A snapshot of the caller's own, for the EBS direct API.
 * @throws ValidationException for what is no snapshot id, ResourceNotFoundException, AccessDeniedException
 */
export async function ownUploadedSnapshot(
  records: Pick<RegionReader, 'snapshots'>,
  accountId: string,
  snapshotId: string | undefined,
): Promise<Snapshot> {
  const snapshot = await visibleSnapshot(records, accountId, snapshotId);
  if (snapshot.ownerId !== accountId) throw uploadAccessDenied(snapshot.snapshotId);
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
