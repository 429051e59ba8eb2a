import { fastRestoreFilters, fastRestoreId } from '../../domain/fast-snapshot-restore.ts';
import { matcher } from '../../domain/filters.ts';
import { page } from '../../domain/pages.ts';
import { operation } from './operation.ts';
import { presentFastRestore } from './present/fast-snapshot-restore.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFastSnapshotRestores.html */
export const describeFastSnapshotRestores = operation(
  'DescribeFastSnapshotRestores',
  async (input, context) => {
    const { accountId: ownerId } = context.caller;
    const matches = matcher(input.Filters, fastRestoreFilters);
    const restores = await context.records.read.fastSnapshotRestores.list({ ownerId });
    const { items, NextToken } = page(restores.filter(matches), fastRestoreId, {
      action: 'DescribeFastSnapshotRestores',
      // 0 is allowed, and means no limit of one's own.
      MaxResults: input.MaxResults || undefined,
      NextToken: input.NextToken || undefined,
      ...{ least: 0, most: 200 },
    });
    return { FastSnapshotRestores: items.map(presentFastRestore), NextToken };
  },
);
