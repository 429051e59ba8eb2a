import { ApiError } from '../../domain/errors.ts';
import { ownedSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RestoreSnapshotTier.html
 * None is archived, so there is none to restore.
 */
export const restoreSnapshotTier = operation('RestoreSnapshotTier', async (input, context) => {
  const { snapshotId } = await ownedSnapshot(
    context.records.read,
    context.caller.accountId,
    input.SnapshotId,
  );
  throw new ApiError(
    'IncorrectState',
    `The snapshot '${snapshotId}' is in the standard tier: only archived snapshots can be restored, and there is no archive tier here.`,
  );
});
