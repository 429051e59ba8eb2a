import { matcher } from '../../domain/filters.ts';
import { checkId } from '../../domain/ids.ts';
import { page } from '../../domain/pages.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { type SnapshotView, snapshotFilters } from '../../domain/snapshot-filters.ts';
import { snapshotAt } from '../../domain/snapshot-upload.ts';
import { isPublicSnapshot } from '../../domain/snapshot-visibility.ts';
import { checkUserId } from '../../domain/user-id.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { ownerAliases, ownerIds } from './owners.ts';
import { presentSnapshot } from './present/snapshot.ts';
import { snapshotsById, visibleSnapshots } from './visible-snapshots.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html */
export const describeSnapshots = operation('DescribeSnapshots', async (input, context) => {
  const { accountId } = context.caller;
  const ids = [...new Set(input.SnapshotIds?.filter(id => id !== '').map(id => checkId('snap', id)))];
  const owners = await ownerIds(context, input.OwnerIds);
  const isRestorable = restorableBy(input.RestorableByUserIds, accountId);
  const now = context.now();

  const found = ids.length
    ? await snapshotsById(context.records.read, accountId, ids)
    : await visibleSnapshots(context.records.read, accountId, owners);
  const shown = found.filter(snapshot => !owners || owners.includes(snapshot.ownerId)).filter(isRestorable);

  const snapshotIds = shown.map(snapshot => snapshot.snapshotId);
  const tagsOf = await loadTags(context.records.read, accountId, snapshotIds);
  const aliasOf = await ownerAliases(
    context,
    shown.map(snapshot => snapshot.ownerId),
  );
  const matches = matcher<SnapshotView>(input.Filters, snapshotFilters, view =>
    tagsOf(view.snapshot.snapshotId),
  );
  const matching = shown
    .map(
      (snapshot): SnapshotView => ({
        snapshot: snapshotAt(snapshot, now),
        ownerAlias: aliasOf(snapshot.ownerId),
      }),
    )
    .filter(matches)
    .sort((a, b) => (byStart(a) < byStart(b) ? -1 : 1));

  const { items, NextToken } = page(matching, byStart, {
    action: 'DescribeSnapshots',
    MaxResults: input.MaxResults,
    NextToken: input.NextToken || undefined,
    least: 5,
    most: 1000,
    cap: true,
    ids: { given: ids.length > 0, set: 'snapshotSet' },
  });
  return {
    Snapshots: items.map(view => presentSnapshot(view, tagsOf(view.snapshot.snapshotId))),
    NextToken,
  };
});

const byStart = ({ snapshot }: SnapshotView) => `${snapshot.startTime}/${snapshot.snapshotId}`;

/**
 * Snapshots by who may create volumes from them: `all` the public ones, `self` the caller's own and those shared with it,
 * another account those of the caller's own that are shared with it.
 */
function restorableBy(
  users: readonly string[] | undefined,
  accountId: string,
): (snapshot: Snapshot) => boolean {
  const tests = (users ?? [])
    .filter(user => user !== '')
    .map((user): ((snapshot: Snapshot) => boolean) => {
      if (user === 'all') return isPublicSnapshot;
      const grantee = user === 'self' ? accountId : checkUserId(user);
      if (grantee === accountId)
        return snapshot =>
          snapshot.ownerId === accountId || snapshot.createVolumePermissions.includes(accountId);
      return snapshot => snapshot.ownerId === accountId && snapshot.createVolumePermissions.includes(grantee);
    });
  return snapshot => tests.length === 0 || tests.some(matches => matches(snapshot));
}
