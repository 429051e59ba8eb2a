import { checkUnlockable } from '../../domain/snapshot-lock.ts';
import { ownedSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UnlockSnapshot.html */
export const unlockSnapshot = operation('UnlockSnapshot', async (input, context) => {
  const SnapshotId = await context.records.transaction(async records => {
    const found = await ownedSnapshot(records, context.caller.accountId, input.SnapshotId);
    checkUnlockable(found, context.now());
    const { lock: _, ...snapshot } = found;
    await records.snapshots.put(snapshot);
    return snapshot.snapshotId;
  });
  return { SnapshotId };
});
