import { fail } from '../../domain/errors.ts';
import { matcher } from '../../domain/filters.ts';
import { page } from '../../domain/pages.ts';
import {
  type ReplaceRootVolumeTask,
  replaceRootVolumeTaskFilters,
  replaceRootVolumeTaskNotFound,
} from '../../domain/replace-root-volume.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentReplaceRootVolumeTask } from './present/replace-root-volume-task.ts';
import { idList } from './request.ts';

/**
 * The caller's tasks that are under way, or ended in the last seven days.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeReplaceRootVolumeTasks.html
 */
export const describeReplaceRootVolumeTasks = operation(
  'DescribeReplaceRootVolumeTasks',
  async (input, context) => {
    const { accountId } = context.caller;
    const { read } = context.records;
    const ids = idList('replacevol', input.ReplaceRootVolumeTaskIds);
    const tasks = await ownTasks(read, accountId, ids);
    const tagsOf = await loadTags(read, accountId, tasks.map(idOf));
    const matches = matcher(input.Filters, replaceRootVolumeTaskFilters, task => tagsOf(idOf(task)));
    const matching = tasks.filter(matches).sort((a, b) => (byCreation(a) < byCreation(b) ? -1 : 1));
    const { items, NextToken } = page(matching, byCreation, {
      action: 'DescribeReplaceRootVolumeTasks',
      MaxResults: input.MaxResults,
      NextToken: input.NextToken || undefined,
      least: 1,
      most: 50,
      cap: true,
    });
    return {
      ReplaceRootVolumeTasks: items.map(task => presentReplaceRootVolumeTask(task, tagsOf(idOf(task)))),
      NextToken,
    };
  },
);

const idOf = (task: ReplaceRootVolumeTask) => task.replaceRootVolumeTaskId;
const byCreation = (task: ReplaceRootVolumeTask) => `${task.startTime}/${idOf(task)}`;

/** @throws InvalidReplaceRootVolumeTaskId.NotFound */
async function ownTasks(records: RegionReader, ownerId: string, ids: readonly string[]) {
  if (ids.length === 0) return records.replaceRootVolumeTasks.list({ ownerId });
  const found = await records.replaceRootVolumeTasks.getMany(ids);
  return ids.map(
    id =>
      found.find(task => idOf(task) === id && task.ownerId === ownerId) ??
      fail(replaceRootVolumeTaskNotFound(id)),
  );
}
