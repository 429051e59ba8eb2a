import { ApiError } from '../../domain/errors.ts';
import { settleLock } from '../../domain/snapshot-lock.ts';
import { ownedSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';
import { presentLock } from './present/snapshot-lock.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LockSnapshot.html */
export const lockSnapshot = operation('LockSnapshot', async (input, context) => {
  const now = context.now();
  const locked = await context.records.transaction(async records => {
    const snapshot = await ownedSnapshot(records, context.caller.accountId, input.SnapshotId);
    if (snapshot.state === 'error')
      throw new ApiError('IncorrectState', `The snapshot '${snapshot.snapshotId}' has failed.`);
    const changed = { ...snapshot, lock: settleLock(snapshot, input, now) };
    await records.snapshots.put(changed);
    return changed;
  });
  const { OwnerId: _, ...shown } = presentLock(locked, now);
  return shown;
});
