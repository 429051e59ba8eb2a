import { fail, missingParameter } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { notAuthorizedForSnapshot, snapshotNotFound } from '../../domain/snapshot-errors.ts';
import { canSeeSnapshot } from '../../domain/snapshot-visibility.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/**
 * A snapshot the account may know of.
 * @throws InvalidSnapshot.NotFound also for what is hidden from it.
 */
export async function findSnapshot(
  records: Pick<RegionReader, 'snapshots'>,
  accountId: string,
  snapshotId: string | undefined,
  parameter = 'SnapshotId',
): Promise<Snapshot> {
  const id = checkId('snap', snapshotId || fail(missingParameter(parameter)));
  const snapshot = await records.snapshots.get(id);
  if (!snapshot || !canSeeSnapshot(snapshot, accountId)) throw snapshotNotFound(id);
  return snapshot;
}

/** A snapshot of the account's own. @throws AuthFailure for one it sees but does not own; as `findSnapshot` else. */
export async function ownedSnapshot(
  records: Pick<RegionReader, 'snapshots'>,
  accountId: string,
  snapshotId: string | undefined,
): Promise<Snapshot> {
  const snapshot = await findSnapshot(records, accountId, snapshotId);
  if (snapshot.ownerId !== accountId) throw notAuthorizedForSnapshot(snapshot.snapshotId);
  return snapshot;
}
