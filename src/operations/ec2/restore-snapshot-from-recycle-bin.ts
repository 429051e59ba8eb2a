import { checkId } from '../../domain/ids.ts';
import { snapshotNotFound } from '../../domain/snapshot-errors.ts';
import { operation } from './operation.ts';
import { presentSnapshot } from './present/snapshot.ts';
import { untagRestored } from './recycle-bin.ts';
import { required } from './request.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RestoreSnapshotFromRecycleBin.html
 * It is what it was, shared with whom it was.
 */
export const restoreSnapshotFromRecycleBin = operation(
  'RestoreSnapshotFromRecycleBin',
  async (input, context) => {
    const { accountId: ownerId } = context.caller;
    const id = checkId('snap', required(input.SnapshotId, 'SnapshotId'));
    const snapshot = await context.records.transaction(async records => {
      const binned = await records.binnedSnapshots.get(id);
      if (binned?.ownerId !== ownerId) throw snapshotNotFound(id);
      await records.binnedSnapshots.delete(id);
      await records.snapshots.put(binned.snapshot);
      await untagRestored(records, { id, type: 'snapshot', ownerId });
      return binned.snapshot;
    });
    const shown = presentSnapshot({ snapshot }, {});
    const { SnapshotId, Description, Encrypted, OwnerId, Progress, StartTime, State, VolumeId, VolumeSize } =
      shown;
    return { SnapshotId, Description, Encrypted, OwnerId, Progress, StartTime, State, VolumeId, VolumeSize };
  },
);
