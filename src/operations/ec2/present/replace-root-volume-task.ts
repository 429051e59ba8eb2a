import type * as sdk from '@aws-sdk/client-ec2';
import type { ReplaceRootVolumeTask } from '../../../domain/replace-root-volume.ts';
import type { Tags } from '../../../domain/tags.ts';
import { presentTags } from './tags.ts';

export function presentReplaceRootVolumeTask(
  task: ReplaceRootVolumeTask,
  tags: Tags,
): sdk.ReplaceRootVolumeTask {
  return {
    ReplaceRootVolumeTaskId: task.replaceRootVolumeTaskId,
    InstanceId: task.instanceId,
    TaskState: task.state,
    StartTime: inSeconds(task.startTime),
    CompleteTime: task.completeTime && inSeconds(task.completeTime),
    ImageId: task.imageId,
    SnapshotId: task.snapshotId,
    DeleteReplacedRootVolume: task.deleteReplacedRootVolume,
    Tags: presentTags(tags),
  };
}

/** These times are texts, `2020-11-06T13:09:54Z` on AWS. */
function inSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
