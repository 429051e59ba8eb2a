import { type FilterTable, matcher } from '../../domain/filters.ts';
import { page } from '../../domain/pages.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentTags } from './present/tags.ts';

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
  const own = await context.records.read.snapshots.list({ ownerId });
  const { items, NextToken } = page(own.filter(matcher(input.Filters, filters)), byId, {
    action: 'DescribeSnapshotTierStatus',
    MaxResults: input.MaxResults,
    NextToken: input.NextToken || undefined,
    ...{ least: 5, most: 1000, cap: true },
  });
  const tagsOf = await loadTags(context.records.read, ownerId, items.map(byId));
  return {
    SnapshotTierStatuses: items.map(snapshot => ({
      SnapshotId: snapshot.snapshotId,
      VolumeId: snapshot.volumeId,
      Status: snapshot.state,
      OwnerId: ownerId,
      Tags: presentTags(tagsOf(snapshot.snapshotId)),
      StorageTier: 'standard' as const,
    })),
    NextToken,
  };
});

const byId = ({ snapshotId }: Snapshot) => snapshotId;
