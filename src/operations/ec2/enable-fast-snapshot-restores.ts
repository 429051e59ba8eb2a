import { ApiError, invalidParameterValue } from '../../domain/errors.ts';
import {
  type FastSnapshotRestore,
  fastRestoreId,
  isWanted,
  largestFastRestore,
  mostFastRestores,
  newFastRestore,
} from '../../domain/fast-snapshot-restore.ts';
import { snapshotNotCompleted } from '../../domain/snapshot-errors.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { parseFastRestores, refusalOf, refused, seeTo } from './fast-snapshot-restores.ts';
import { findSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';
import { presentFastRestore } from './present/fast-snapshot-restore.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableFastSnapshotRestores.html
 * Own snapshots, and those shared with the caller. What is enabled already stays so.
 */
export const enableFastSnapshotRestores = operation('EnableFastSnapshotRestores', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const { ids, zones } = parseFastRestores(input, context.region.zones);
  const answer = await context.records.transaction(async records => {
    const enabled: FastSnapshotRestore[] = [];
    const unsuccessful: ReturnType<typeof refused>[] = [];
    for (const snapshotId of ids) {
      const error = await refusalOf(() => check(records, ownerId, snapshotId));
      if (error) {
        unsuccessful.push(refused(snapshotId, zones, error));
        continue;
      }
      for (const availabilityZone of zones) {
        const name = { snapshotId, availabilityZone, ownerId };
        const present = await records.fastSnapshotRestores.get(fastRestoreId(name));
        const restore = present && isWanted(present) ? present : newFastRestore(name, context.now());
        await records.fastSnapshotRestores.put(restore);
        enabled.push(restore);
      }
      await seeTo(records, context, snapshotId);
    }
    return { Successful: enabled.map(presentFastRestore), Unsuccessful: unsuccessful };
  });
  context.jobs.wake();
  return answer;
});

/** @throws InvalidSnapshot.NotFound, IncorrectState, InvalidParameterValue, ResourceLimitExceeded */
async function check(records: RegionReader, ownerId: string, snapshotId: string): Promise<void> {
  const snapshot = await findSnapshot(records, ownerId, snapshotId);
  if (snapshot.state !== 'completed') throw snapshotNotCompleted(snapshotId);
  if (snapshot.volumeSize > largestFastRestore)
    throw invalidParameterValue(
      `The snapshot '${snapshotId}' is larger than the ${largestFastRestore} GiB fast snapshot restore is for.`,
    );
  const wanted = (await records.fastSnapshotRestores.list({ ownerId })).filter(isWanted);
  const others = new Set(wanted.map(restore => restore.snapshotId).filter(id => id !== snapshotId));
  if (others.size >= mostFastRestores)
    throw new ApiError(
      'ResourceLimitExceeded',
      `You have reached the limit of ${mostFastRestores} snapshots with fast snapshot restore in this region.`,
    );
}
