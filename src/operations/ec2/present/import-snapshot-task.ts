import type * as sdk from '@aws-sdk/client-ec2';
import type { ImportSnapshotTask } from '../../../domain/import-task.ts';
import type { Tags } from '../../../domain/tags.ts';
import { presentTags } from './tags.ts';

/** As AWS's own answers have it: DiskImageSize counts the file's bytes, and is 0 until they are known. */
export function presentImportSnapshotTask(task: ImportSnapshotTask, tags: Tags): sdk.ImportSnapshotTask {
  const { importTaskId, description, container, state } = task;
  return {
    ImportTaskId: importTaskId,
    Description: description,
    SnapshotTaskDetail: {
      Description: container.description ?? description,
      DiskImageSize: task.diskImageSize ?? 0,
      Encrypted: task.encrypted,
      Format: container.format,
      KmsKeyId: task.kmsKeyId,
      Progress: state === 'active' ? String(task.progress) : undefined,
      SnapshotId: state === 'completed' ? task.snapshotId : undefined,
      Status: state,
      StatusMessage: task.statusMessage,
      Url: container.url,
    },
    Tags: presentTags(tags),
  };
}
