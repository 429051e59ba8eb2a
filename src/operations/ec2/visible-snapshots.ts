import type { Snapshot } from '../../domain/snapshot.ts';
import { snapshotNotFound } from '../../domain/snapshot-errors.ts';
import { canSeeSnapshot } from '../../domain/snapshot-visibility.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/** Every snapshot the account sees: its own, those shared with it, the public ones; only of `owners`, if given. */
export async function visibleSnapshots(
  records: RegionReader,
  accountId: string,
  owners?: readonly string[],
): Promise<Snapshot[]> {
  const found = await records.snapshots.list(owners ? { ownerId: owners } : {});
  return found.filter(snapshot => canSeeSnapshot(snapshot, accountId));
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
