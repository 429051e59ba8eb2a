import type { DescribeFastSnapshotRestoreSuccessItem } from '@aws-sdk/client-ec2';
import type { FastRestoreState, FastSnapshotRestore } from '../../../domain/fast-snapshot-restore.ts';
import { zoneId } from '../../../domain/network-zones.ts';

export function presentFastRestore(restore: FastSnapshotRestore): DescribeFastSnapshotRestoreSuccessItem {
  const at = (state: FastRestoreState) => {
    const time = restore.times[state];
    return time === undefined ? undefined : new Date(time);
  };
  return {
    SnapshotId: restore.snapshotId,
    AvailabilityZone: restore.availabilityZone,
    AvailabilityZoneId: zoneId(restore.availabilityZone),
    State: restore.state,
    StateTransitionReason: restore.stateTransitionReason,
    OwnerId: restore.ownerId,
    EnablingTime: at('enabling'),
    OptimizingTime: at('optimizing'),
    EnabledTime: at('enabled'),
    DisablingTime: at('disabling'),
    DisabledTime: at('disabled'),
  };
}
