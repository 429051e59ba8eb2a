import type * as sdk from '@aws-sdk/client-ec2';
import type { Volume } from '../../../domain/volume.ts';

/** The last modification of a volume that has had one. */
export function presentModification({ volumeId, modification }: Volume): sdk.VolumeModification | undefined {
  if (!modification) return undefined;
  const { state, statusMessage, startTime, endTime, original, target } = modification;
  return {
    VolumeId: volumeId,
    ModificationState: state,
    StatusMessage: statusMessage,
    TargetSize: target.volumeSize,
    TargetIops: target.iops,
    TargetVolumeType: target.volumeType,
    TargetThroughput: target.throughput,
    TargetMultiAttachEnabled: false,
    OriginalSize: original.volumeSize,
    OriginalIops: original.iops,
    OriginalVolumeType: original.volumeType,
    OriginalThroughput: original.throughput,
    OriginalMultiAttachEnabled: false,
    Progress: state === 'completed' ? 100 : 0,
    StartTime: new Date(startTime),
    EndTime: endTime === undefined ? undefined : new Date(endTime),
  };
}
