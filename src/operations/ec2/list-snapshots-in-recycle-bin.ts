import { page } from '../../domain/pages.ts';
import { snapshotNotFound } from '../../domain/snapshot-errors.ts';
import { operation } from './operation.ts';
import { idList } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ListSnapshotsInRecycleBin.html */
export const listSnapshotsInRecycleBin = operation('ListSnapshotsInRecycleBin', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const ids = idList('snap', input.SnapshotIds);
  const own = await context.records.read.binnedSnapshots.list({ ownerId });
  const known = new Set(own.map(({ snapshot }) => snapshot.snapshotId));
  for (const id of ids) if (!known.has(id)) throw snapshotNotFound(id);
  const shown = own.filter(({ snapshot }) => ids.length === 0 || ids.includes(snapshot.snapshotId));
  const { items, NextToken } = page(shown, ({ snapshot }) => snapshot.snapshotId, {
    action: 'ListSnapshotsInRecycleBin',
    MaxResults: input.MaxResults,
    NextToken: input.NextToken || undefined,
    ...{ least: 5, most: 1000 },
  });
  return {
    Snapshots: items.map(({ snapshot, enterTime, exitTime }) => ({
      SnapshotId: snapshot.snapshotId,
      RecycleBinEnterTime: new Date(enterTime),
      RecycleBinExitTime: new Date(exitTime),
      Description: snapshot.description,
      VolumeId: snapshot.volumeId,
    })),
    NextToken,
  };
});
