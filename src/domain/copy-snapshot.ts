import { noVolumeId, type Snapshot } from './snapshot.ts';

/** What a copy has of its own. */
export interface CopyTarget {
  snapshotId: string;
  ownerId: string;
  startTime: string;
  description: string;
  encrypted: boolean;
  /** ARN. */
  kmsKeyId?: string;
  /** Given for a time-based copy, in minutes. */
  completionDuration?: number;
}

/**
 * The copy of a snapshot at the moment it is asked for. As its parent the source keeps its blocks until the copy has
 * them, even where it is deleted meanwhile.
 */
export function pendingCopy(source: Snapshot, target: CopyTarget): Snapshot {
  const { completionDuration, ...own } = target;
  return {
    ...own,
    volumeId: noVolumeId,
    volumeSize: source.volumeSize,
    state: 'pending',
    progress: 0,
    parentSnapshotId: source.snapshotId,
    productCodes: source.productCodes,
    createVolumePermissions: [],
    transferType: completionDuration === undefined ? 'standard' : 'time-based',
    ...(completionDuration !== undefined && { completionDurationMinutes: completionDuration }),
  };
}

/** How EC2 describes the snapshots that come with the copy of an image. */
export function descriptionOfImageCopy(
  ids: { imageId: string; sourceImageId: string; sourceSnapshotId: string },
  now: Date,
): string {
  const time = now.getTime().toLocaleString('en-US');
  return `Copied for DestinationAmi ${ids.imageId} from SourceAmi ${ids.sourceImageId} for SourceSnapshot ${ids.sourceSnapshotId}. Task created on ${time}.`;
}
