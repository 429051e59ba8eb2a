import { type FilterTable, matcher } from '../../domain/filters.ts';
import { pageLimit } from '../../domain/pages.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { snapshotPlace } from '../../domain/snapshot-index.ts';
import { lockState, type SnapshotLock } from '../../domain/snapshot-lock.ts';
import { type Listing, listPage, readerOf } from '../listing.ts';
import { pageTokens } from '../page-tokens.ts';
import { ownedSnapshot } from './find-snapshot.ts';
import { operation } from './operation.ts';
import { presentLock } from './present/snapshot-lock.ts';
import { idList } from './request.ts';
import { ownSnapshotReader } from './visible-snapshots.ts';

type Locked = Snapshot & { lock: SnapshotLock };

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
  const limit = pageLimit({
    MaxResults: input.MaxResults,
    least: 5,
    most: 1000,
    ids: { given: ids.length > 0, set: 'snapshotIdSet' },
  });
  const { after, seal } = pageTokens(context, 'DescribeLockedSnapshots', input);
  const listing: Listing<Snapshot> = {
    read: ids.length
      ? readerOf(await Promise.all(ids.map(id => ownedSnapshot(read, accountId, id))), snapshotPlace)
      : ownSnapshotReader(read, accountId),
    place: snapshotPlace,
    admit: async snapshots => snapshots.filter(isLockedOnce).filter(matches),
  };
  const { items, next } = await listPage(listing, after, limit);
  return {
    Snapshots: items.filter(isLockedOnce).map(snapshot => presentLock(snapshot, now)),
    NextToken: next && seal(next),
  };
});

const isLockedOnce = (snapshot: Snapshot): snapshot is Locked => snapshot.lock !== undefined;
