import { fail } from '../../domain/errors.ts';
import { matcher } from '../../domain/filters.ts';
import type { ImportSnapshotTask } from '../../domain/import-task.ts';
import { importTaskNotFound } from '../../domain/import-task-errors.ts';
import { importTaskFilters } from '../../domain/import-task-filters.ts';
import { page } from '../../domain/pages.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentImportSnapshotTask } from './present/import-snapshot-task.ts';
import { idList } from './request.ts';

/**
 * The caller's tasks that are active, or ended in the last seven days.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImportSnapshotTasks.html
 */
export const describeImportSnapshotTasks = operation(
  'DescribeImportSnapshotTasks',
  async (input, context) => {
    const { accountId } = context.caller;
    const ids = idList('import-snap', input.ImportTaskIds);
    const tasks = await ownTasks(context.records.read, accountId, ids);
    const tagsOf = await loadTags(
      context.records.read,
      accountId,
      tasks.map(task => task.importTaskId),
    );
    const matches = matcher(input.Filters, importTaskFilters, task => tagsOf(task.importTaskId));
    const matching = tasks.filter(matches).sort((a, b) => (byCreation(a) < byCreation(b) ? -1 : 1));

    const { items, NextToken } = page(matching, byCreation, {
      action: 'DescribeImportSnapshotTasks',
      MaxResults: input.MaxResults,
      NextToken: input.NextToken || undefined,
      least: 1,
      most: 1000,
      cap: true,
    });
    return {
      ImportSnapshotTasks: items.map(task => presentImportSnapshotTask(task, tagsOf(task.importTaskId))),
      NextToken,
    };
  },
);

const byCreation = (task: ImportSnapshotTask) => `${task.createTime}/${task.importTaskId}`;

/** @throws InvalidConversionTaskId */
async function ownTasks(records: RegionReader, ownerId: string, ids: readonly string[]) {
  if (ids.length === 0) return records.importTasks.list({ ownerId });
  const found = await records.importTasks.getMany(ids);
  return ids.map(
    id =>
      found.find(task => task.importTaskId === id && task.ownerId === ownerId) ??
      fail(importTaskNotFound(id)),
  );
}
