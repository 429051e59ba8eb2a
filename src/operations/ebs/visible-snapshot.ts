import { noSuchSnapshot, validationException } from '../../domain/ebs-errors.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { canSeeSnapshot } from '../../domain/snapshot-visibility.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/**
 * A snapshot the caller owns or may create volumes from; one that is hidden does not exist for it.
 * @throws ValidationException for what is no snapshot id, ResourceNotFoundException
 */
export async function visibleSnapshot(
  records: Pick<RegionReader, 'snapshots'>,
  accountId: string,
  snapshotId: string | undefined,
): Promise<Snapshot> {
  const id = snapshotId ?? '';
  if (!/^snap-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    throw validationException('INVALID_SNAPSHOT_ID', `Invalid snapshot id: "${id}" (expecting "snap-...")`);
  const snapshot = await records.snapshots.get(id);
  if (!snapshot || !canSeeSnapshot(snapshot, accountId)) throw noSuchSnapshot(id);
  return snapshot;
}
