import type { ImportSnapshotRequest } from '@aws-sdk/client-ec2';
import { checkKeyRequest } from '../../domain/encryption.ts';
import { fail, invalidParameterValue } from '../../domain/errors.ts';
import { settleContainer } from '../../domain/import-request.ts';
import { type ImportSnapshotTask, importProgress } from '../../domain/import-task.ts';
import { importTaskNotFound, tooManyImports } from '../../domain/import-task-errors.ts';
import { settleTags } from '../../domain/tags.ts';
import type { Context } from '../context.ts';
import { settleEncryption } from '../encryption.ts';
import { remember, replayed } from '../idempotency.ts';
import { loadTags, writeTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentImportSnapshotTask } from './present/import-snapshot-task.ts';

const action = 'ImportSnapshot';
/** Under way in one account: each keeps one of the server's workers busy for as long as its download lasts. */
const mostActive = 5;

/**
 * A job fetches the disk and makes the snapshot. RoleName and ClientData mean nothing here: no role is needed.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportSnapshot.html
 */
export const importSnapshot = operation('ImportSnapshot', async (input, context) => {
  const { accountId } = context.caller;
  const tags = settleTags(input.TagSpecifications, ['import-snapshot-task'])['import-snapshot-task'];
  const asked = newTask(input, context);

  const answer = await context.records.transaction(async records => {
    const before = await replayed(records, context, action, input);
    if (before !== undefined) {
      const task = (await records.importTasks.get(before)) ?? fail(importTaskNotFound(before));
      return presentImportSnapshotTask(task, (await loadTags(records, accountId, [before]))(before));
    }
    const own = await records.importTasks.list({ ownerId: accountId, state: ['active', 'deleting'] });
    if (own.length >= mostActive) throw tooManyImports(mostActive);
    const wanted = { ...asked, ...(await settleEncryption(records, context, input)) };
    const { importTaskId } = wanted;
    await records.importTasks.put(wanted);
    await writeTags(records, accountId, { id: importTaskId, type: 'import-snapshot-task' }, tags);
    await remember(records, context, action, input, importTaskId);
    await context.jobs.enqueue(records, 'import-snapshot', importTaskId, { importTaskId });
    return presentImportSnapshotTask(wanted, tags ?? {});
  });
  context.jobs.wake();
  return answer;
});

/** All of it but how it is encrypted. */
function newTask(
  input: ImportSnapshotRequest,
  context: Context,
): Omit<ImportSnapshotTask, 'encrypted' | 'kmsKeyId'> {
  const description = input.Description ?? '';
  if (description.length > 255)
    throw invalidParameterValue('Import task descriptions must be less than 256 characters long');
  checkKeyRequest(input);
  return {
    importTaskId: context.newId('import-snap'),
    ownerId: context.caller.accountId,
    state: 'active',
    statusMessage: 'pending',
    progress: importProgress.first,
    createTime: context.now().toISOString(),
    description,
    container: settleContainer(input.DiskContainer),
    snapshotId: context.newId('snap'),
  };
}
