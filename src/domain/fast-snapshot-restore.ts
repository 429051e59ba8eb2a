import type { FilterTable } from './filters.ts';
import { zoneId } from './network-zones.ts';

export type FastRestoreState = 'enabling' | 'optimizing' | 'enabled' | 'disabling' | 'disabled';

/**
 * One snapshot in one zone whose blocks an account wants at hand before volumes ask for them.
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-fast-snapshot-restore.html
 */
export interface FastSnapshotRestore {
  snapshotId: string;
  availabilityZone: string;
  /** The account that enabled it, which need not be the snapshot's owner. */
  ownerId: string;
  state: FastRestoreState;
  stateTransitionReason: string;
  /** When it came into its states. */
  times: Partial<Record<FastRestoreState, string>>;
}

type Name = Pick<FastSnapshotRestore, 'snapshotId' | 'availabilityZone' | 'ownerId'>;

/** Snapshots one account may have enabled in a region. */
export const mostFastRestores = 5;
/** GiB: larger snapshots have none. */
export const largestFastRestore = 16_384;

const reasons: Record<FastRestoreState, string> = {
  enabling: 'Client.UserInitiated',
  optimizing: 'Client.UserInitiated - Lifecycle state transition',
  enabled: 'Client.UserInitiated - Lifecycle state transition',
  disabling: 'Client.UserInitiated',
  disabled: 'Client.UserInitiated - Lifecycle state transition',
};

export function fastRestoreId({ snapshotId, availabilityZone, ownerId }: Name): string {
  return `${snapshotId}/${availabilityZone}/${ownerId}`;
}

export function newFastRestore(name: Name, now: Date): FastSnapshotRestore {
  const empty = { ...name, state: 'enabling', stateTransitionReason: '', times: {} } as const;
  return moved(empty, 'enabling', now);
}

export function moved(
  restore: FastSnapshotRestore,
  state: FastRestoreState,
  now: Date,
  stateTransitionReason = reasons[state],
): FastSnapshotRestore {
  const times = { ...restore.times, [state]: now.toISOString() };
  return { ...restore, state, stateTransitionReason, times };
}

/** Enabled, or on the way there. */
export function isWanted({ state }: FastSnapshotRestore): boolean {
  return state === 'enabling' || state === 'optimizing' || state === 'enabled';
}

export const fastRestoreFilters: FilterTable<FastSnapshotRestore> = {
  'availability-zone': restore => restore.availabilityZone,
  'availability-zone-id': restore => zoneId(restore.availabilityZone),
  'owner-id': restore => restore.ownerId,
  'snapshot-id': restore => restore.snapshotId,
  state: restore => restore.state,
};
