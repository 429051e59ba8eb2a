import { fail, invalidParameterValue } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import { endedTask } from '../../domain/import-task.ts';
import { importTaskEnded, importTaskNotFound } from '../../domain/import-task-errors.ts';
import { operation } from './operation.ts';
import { required } from './request.ts';

/**
 * The task's own job finds out, stops, and removes what it has made.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CancelImportTask.html
 */
export const cancelImportTask = operation('CancelImportTask', async (input, context) => {
  const importTaskId = checkId('import-snap', required(input.ImportTaskId, 'ImportTaskId'));
  const reason = input.CancelReason ?? '';
  if (reason.length > 255) throw invalidParameterValue('CancelReason must be less than 256 characters long');
  const answer = await context.records.transaction(async records => {
    const found = await records.importTasks.get(importTaskId);
    const task = found?.ownerId === context.caller.accountId ? found : fail(importTaskNotFound(importTaskId));
    if (task.state !== 'active') throw importTaskEnded(importTaskId, task.state);
    const message = `Canceled by the user${reason && `: ${reason}`}`;
    await records.importTasks.put(endedTask(task, message));
    return { ImportTaskId: importTaskId, PreviousState: task.state, State: 'deleting' };
  });
  context.jobs.wake();
  return answer;
});
