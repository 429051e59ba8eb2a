import { checkId } from '../../domain/ids.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { snapshotNotCompleted, snapshotNotFound, snapshotNotOwned } from '../../domain/snapshot-errors.ts';
import { canSeeSnapshot } from '../../domain/snapshot-visibility.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/**
 * The snapshots an image is to be made of, by id: each the account's own and completed (spec C.3).
 * @throws InvalidSnapshot.NotFound, InvalidParameterValue for another account's, IncorrectState
 */
export async function ownSnapshots(
  records: RegionReader,
  accountId: string,
  ids: readonly string[],
): Promise<Map<string, Snapshot>> {
  for (const id of ids) checkId('snap', id);
  const found = await records.snapshots.getMany(ids);
  const byId = new Map(found.map(snapshot => [snapshot.snapshotId, snapshot]));
  for (const id of ids) {
    const snapshot = byId.get(id);
    if (!snapshot || !canSeeSnapshot(snapshot, accountId)) throw snapshotNotFound(id);
    if (snapshot.ownerId !== accountId) throw snapshotNotOwned(id, accountId);
    if (snapshot.state !== 'completed') throw snapshotNotCompleted(id);
  }
  return byId;
}
