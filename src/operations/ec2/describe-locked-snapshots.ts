import { type FilterTable, matcher } from '../../domain/filters.ts';
import { page } from '../../domain/pages.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { lockState, type SnapshotLock } from '../../domain/snapshot-lock.ts';
import { ownedSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';
import { presentLock } from './present/snapshot-lock.ts';
import { idList } from './request.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLockedSnapshots.html
 * The caller's own, also those whose lock has expired.
 */
export const describeLockedSnapshots = operation('DescribeLockedSnapshots', async (input, context) => {
  const { accountId } = context.caller;
  const { read } = context.records;
  const now = context.now();
  const filters: FilterTable<Snapshot> = { 'lock-state': snapshot => lockState(snapshot, now) };
  const matches = matcher(input.Filters, filters);
  const ids = idList('snap', input.SnapshotIds);
  const own = ids.length
    ? await Promise.all(ids.map(id => ownedSnapshot(read, accountId, id)))
    : await read.snapshots.list({ ownerId: accountId });
  const locked = own.filter(isLockedOnce).filter(matches).sort(byId);
  const { items, NextToken } = page(locked, ({ snapshotId }) => snapshotId, {
    action: 'DescribeLockedSnapshots',
    MaxResults: input.MaxResults,
    NextToken: input.NextToken || undefined,
    least: 5,
    most: 1000,
    ids: { given: ids.length > 0, set: 'snapshotIdSet' },
  });
  return { Snapshots: items.map(snapshot => presentLock(snapshot, now)), NextToken };
});

const isLockedOnce = (snapshot: Snapshot): snapshot is Snapshot & { lock: SnapshotLock } =>
  snapshot.lock !== undefined;
const byId = (a: Snapshot, b: Snapshot) => (a.snapshotId < b.snapshotId ? -1 : 1);
