import type { Snapshot } from '../../domain/snapshot.ts';
import { snapshotNotFound } from '../../domain/snapshot-errors.ts';
import { type SnapshotScope, snapshotRanges } from '../../domain/snapshot-index.ts';
import { canSeeSnapshot, isPublicSnapshot } from '../../domain/snapshot-visibility.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Listing } from '../listing.ts';

/** Reads what a listing is about from where the records keep it together. */
export function snapshotReader(records: RegionReader, scope: SnapshotScope): Listing<Snapshot>['read'] {
  const ranges = snapshotRanges(scope);
  return (after, limit) =>
    records.snapshots.under(ranges, after === undefined ? { limit } : { after, limit });
}

/** Reads all snapshots of the account's own. */
export function ownSnapshotReader(records: RegionReader, accountId: string): Listing<Snapshot>['read'] {
  return snapshotReader(records, { accountId, owners: [accountId], restorableBy: [] });
}

/** Whether the account sees the snapshot and it is one the listing is about. */
export function isListedSnapshot(
  { accountId, owners, restorableBy }: SnapshotScope,
  snapshot: Snapshot,
): boolean {
  if (owners && !owners.includes(snapshot.ownerId)) return false;
  if (!canSeeSnapshot(snapshot, accountId)) return false;
  const isOwn = snapshot.ownerId === accountId;
  const { createVolumePermissions } = snapshot;
  return (
    restorableBy.length === 0 ||
    restorableBy.some(user => {
      if (user === 'all') return isPublicSnapshot(snapshot);
      if (user === accountId) return isOwn || createVolumePermissions.includes(user);
      return isOwn && createVolumePermissions.includes(user);
    })
  );
}

/**
 * Those of the ids the account sees: one without access is left out, as AWS does.
 * @throws InvalidSnapshot.NotFound for one nobody has.
 */
export async function snapshotsById(
  records: RegionReader,
  accountId: string,
  ids: readonly string[],
): Promise<Snapshot[]> {
  const found = await records.snapshots.getMany(ids);
  const known = new Set(found.map(snapshot => snapshot.snapshotId));
  for (const id of ids) if (!known.has(id)) throw snapshotNotFound(id);
  return found.filter(snapshot => canSeeSnapshot(snapshot, accountId));
}
