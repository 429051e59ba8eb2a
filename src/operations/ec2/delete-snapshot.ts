import { snapshotInUse, snapshotLocked } from '../../domain/snapshot-errors.ts';
import { isLocked } from '../../domain/snapshot-lock.ts';
import { ownedSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';
import { imageUsing, removeSnapshot } from './snapshot-removal.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSnapshot.html */
export const deleteSnapshot = operation('DeleteSnapshot', async (input, context) => {
  await context.records.transaction(async records => {
    const snapshot = await ownedSnapshot(records, context.caller.accountId, input.SnapshotId);
    const user = await imageUsing(records, snapshot);
    if (user) throw snapshotInUse(snapshot.snapshotId, user.imageId);
    if (isLocked(snapshot, context.now())) throw snapshotLocked(snapshot.snapshotId);
    await removeSnapshot(records, context, snapshot);
  });
  context.jobs.wake();
  return {};
});
