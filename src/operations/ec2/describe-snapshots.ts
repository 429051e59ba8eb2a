import type { Filter } from '../../domain/filters.ts';
import { matcher, readsTags } from '../../domain/filters.ts';
import { checkId } from '../../domain/ids.ts';
import { pageLimit } from '../../domain/pages.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { type SnapshotView, snapshotFilters } from '../../domain/snapshot-filters.ts';
import { type SnapshotScope, snapshotPlace } from '../../domain/snapshot-index.ts';
import { snapshotAt } from '../../domain/snapshot-upload.ts';
import type { Tags } from '../../domain/tags.ts';
import { checkUserId } from '../../domain/user-id.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { inBatches, type Listing, listPage, readerOf } from '../listing.ts';
import { pageTokens } from '../page-tokens.ts';
import { loadTags } from '../tagging.ts';
import { byTags, literally, narrowed } from './narrowing.ts';
import { operation } from './operation.ts';
import { ownerAliases, ownerIds } from './owners.ts';
import { presentSnapshot } from './present/snapshot.ts';
import { isListedSnapshot, snapshotReader, snapshotsById } from './visible-snapshots.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html */
export const describeSnapshots = operation('DescribeSnapshots', async (input, context) => {
  const { accountId } = context.caller;
  const { read } = context.records;
  const ids = [...new Set(input.SnapshotIds?.filter(id => id !== '').map(id => checkId('snap', id)))];
  const limit = pageLimit({
    MaxResults: input.MaxResults,
    least: 5,
    most: 1000,
    cap: true,
    ids: { given: ids.length > 0, set: 'snapshotSet' },
  });
  const { after, seal } = pageTokens(context, 'DescribeSnapshots', input);
  const scope: SnapshotScope = {
    accountId,
    owners: await ownerIds(context, input.OwnerIds),
    restorableBy: (input.RestorableByUserIds ?? [])
      .filter(user => user !== '')
      .map(user => (user === 'all' ? user : user === 'self' ? accountId : checkUserId(user))),
  };
  const aliasOf = await ownerAliases(context);
  const now = context.now();

  const viewOf = (snapshot: Snapshot): SnapshotView => ({
    snapshot: snapshotAt(snapshot, now),
    ownerAlias: aliasOf(snapshot.ownerId),
  });
  let tagsOf: (snapshotId: string) => Tags = () => ({});
  const matches = matcher<SnapshotView>(input.Filters, snapshotFilters, view =>
    tagsOf(view.snapshot.snapshotId),
  );
  const filterReadsTags = readsTags(input.Filters);

  async function admit(snapshots: Snapshot[]): Promise<Snapshot[]> {
    const seen = snapshots.filter(snapshot => isListedSnapshot(scope, snapshot));
    if (filterReadsTags) tagsOf = await loadTags(read, accountId, seen.map(idOf));
    return seen.filter(snapshot => matches(viewOf(snapshot)));
  }
  const found = ids.length
    ? await snapshotsById(read, accountId, ids)
    : await narrowedSnapshots(read, accountId, input.Filters);
  const listing: Listing<Snapshot> = {
    read: found ? readerOf(found, snapshotPlace) : snapshotReader(read, scope),
    place: snapshotPlace,
    admit,
  };

  const { items, next } = await listPage(listing, after, limit);
  tagsOf = await loadTags(read, accountId, items.map(idOf));
  return {
    Snapshots: items.map(snapshot => presentSnapshot(viewOf(snapshot), tagsOf(snapshot.snapshotId))),
    NextToken: next && seal(next),
  };
});

const idOf = (snapshot: Snapshot) => snapshot.snapshotId;

/** Snapshots by the filters that name few of them; undefined when none does. */
function narrowedSnapshots(
  records: RegionReader,
  accountId: string,
  filters: readonly Filter[] | undefined,
): Promise<Snapshot[] | undefined> {
  const { snapshots } = records;
  const getMany = (ids: readonly string[]) => inBatches(ids, some => snapshots.getMany(some));
  return narrowed<Snapshot>(filters, [
    ['snapshot-id', literally(getMany)],
    ['volume-id', literally((volumeId, limit) => snapshots.list({ volumeId }, { limit }))],
    ...byTags(records, accountId, filters, getMany),
  ]);
}
