import { type FilterTable, matcher } from '../../domain/filters.ts';
import { pageLimit } from '../../domain/pages.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { snapshotPlace } from '../../domain/snapshot-index.ts';
import { type Listing, listPage } from '../listing.ts';
import { pageTokens } from '../page-tokens.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentTags } from './present/tags.ts';
import { ownSnapshotReader } from './visible-snapshots.ts';

const filters: FilterTable<Snapshot> = {
  'snapshot-id': snapshot => snapshot.snapshotId,
  'volume-id': snapshot => snapshot.volumeId,
  // No snapshot has been moved between tiers.
  'last-tiering-operation': () => undefined,
};

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshotTierStatus.html
 * The caller's own, every one in the standard tier.
 */
export const describeSnapshotTierStatus = operation('DescribeSnapshotTierStatus', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const { read } = context.records;
  const matches = matcher(input.Filters, filters);
  const limit = pageLimit({ MaxResults: input.MaxResults, least: 5, most: 1000, cap: true });
  const { after, seal } = pageTokens(context, 'DescribeSnapshotTierStatus', input);
  const listing: Listing<Snapshot> = {
    read: ownSnapshotReader(read, ownerId),
    place: snapshotPlace,
    admit: async snapshots => snapshots.filter(matches),
  };
  const { items, next } = await listPage(listing, after, limit);
  const tagsOf = await loadTags(read, ownerId, items.map(idOf));
  return {
    SnapshotTierStatuses: items.map(snapshot => ({
      SnapshotId: snapshot.snapshotId,
      VolumeId: snapshot.volumeId,
      Status: snapshot.state,
      OwnerId: ownerId,
      Tags: presentTags(tagsOf(snapshot.snapshotId)),
      StorageTier: 'standard' as const,
    })),
    NextToken: next && seal(next),
  };
});

const idOf = ({ snapshotId }: Snapshot) => snapshotId;
