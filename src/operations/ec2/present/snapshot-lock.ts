import type * as sdk from '@aws-sdk/client-ec2';
import type { Snapshot } from '../../../domain/snapshot.ts';
import { lockState, lockTimes, type SnapshotLock } from '../../../domain/snapshot-lock.ts';

/** A locked snapshot as LockSnapshot answers and DescribeLockedSnapshots lists it. */
export function presentLock(snapshot: Snapshot & { lock: SnapshotLock }, now: Date): sdk.LockedSnapshotsInfo {
  const { lock, snapshotId, ownerId } = snapshot;
  const { start, end, coolOffEnd } = lockTimes(lock, snapshot);
  return {
    OwnerId: ownerId,
    SnapshotId: snapshotId,
    LockState: lockState(snapshot, now),
    LockDuration: lock.duration,
    CoolOffPeriod: lock.coolOffPeriod,
    CoolOffPeriodExpiresOn: coolOffEnd,
    LockCreatedOn: new Date(lock.createdOn),
    LockDurationStartTime: start,
    LockExpiresOn: end,
  };
}
