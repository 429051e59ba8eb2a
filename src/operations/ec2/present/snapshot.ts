import type * as sdk from '@aws-sdk/client-ec2';
import type { Snapshot } from '../../../domain/snapshot.ts';
import type { SnapshotView } from '../../../domain/snapshot-filters.ts';
import type { Tags } from '../../../domain/tags.ts';
import { presentTags } from './tags.ts';

export function presentSnapshot({ snapshot, ownerAlias }: SnapshotView, tags: Tags): sdk.Snapshot {
  return {
    SnapshotId: snapshot.snapshotId,
    VolumeId: snapshot.volumeId,
    State: snapshot.state,
    StateMessage: snapshot.stateReason?.message,
    StartTime: new Date(snapshot.startTime),
    CompletionTime: snapshot.completionTime ? new Date(snapshot.completionTime) : undefined,
    Progress: `${snapshot.progress}%`,
    OwnerId: snapshot.ownerId,
    OwnerAlias: ownerAlias,
    Description: snapshot.description,
    VolumeSize: snapshot.volumeSize,
    FullSnapshotSizeInBytes: snapshot.fullSnapshotSizeInBytes,
    Encrypted: snapshot.encrypted,
    KmsKeyId: snapshot.kmsKeyId,
    StorageTier: 'standard',
    TransferType: snapshot.transferType,
    CompletionDurationMinutes: snapshot.completionDurationMinutes,
    Tags: presentTags(tags),
  };
}

/** CreateSnapshots shows less of a snapshot. */
export function presentSnapshotInfo(snapshot: Snapshot, tags: Tags): sdk.SnapshotInfo {
  const {
    SnapshotId,
    VolumeId,
    State,
    StartTime,
    Progress,
    OwnerId,
    Description,
    VolumeSize,
    Encrypted,
    Tags,
  } = presentSnapshot({ snapshot }, tags);
  return {
    SnapshotId,
    VolumeId,
    State,
    StartTime,
    Progress,
    OwnerId,
    Description,
    VolumeSize,
    Encrypted,
    Tags,
  };
}
