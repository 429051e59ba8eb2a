import { snapshotNotReadable, validationException } from './ebs-errors.ts';
import { ApiError } from './errors.ts';
import type { Snapshot } from './snapshot.ts';
import { parseTags, type RequestedTag, type Tags } from './tags.ts';

/** What StartSnapshot receives. */
export interface StartRequest {
  VolumeSize?: number;
  ParentSnapshotId?: string;
  Description?: string;
  Encrypted?: boolean;
  KmsKeyArn?: string;
  Timeout?: number;
  Tags?: RequestedTag[];
}

export interface Start {
  /** GiB. */
  volumeSize: number;
  parentSnapshotId?: string;
  description: string;
  /** Absent: as the account has settled. */
  encrypted?: boolean;
  /** As asked for. */
  kmsKeyArn?: string;
  /** Minutes. */
  timeout: number;
  tags: Tags;
}

/** @throws ValidationException naming the member that is wrong. */
export function parseStart(request: StartRequest): Start {
  const { VolumeSize = 0, ParentSnapshotId, Description = '', Encrypted, Timeout = 60 } = request;
  if (!isWholeWithin(VolumeSize, 1, 65_536))
    throw validationException('INVALID_VOLUME_SIZE', 'VolumeSize must be between 1 and 65536 GiB.');
  if (!isWholeWithin(Timeout, 10, 4320))
    throw validationException('INVALID_PARAMETER_VALUE', 'Timeout must be between 10 and 4320 minutes.');
  if (Description.length > 255)
    throw validationException('INVALID_PARAMETER_VALUE', 'Description must have at most 255 characters.');
  if (ParentSnapshotId && Encrypted !== undefined)
    throw validationException(
      'INVALID_PARAMETER_VALUE',
      'Encrypted cannot be given together with ParentSnapshotId: the snapshot is encrypted as its parent is.',
    );
  if (request.KmsKeyArn && ParentSnapshotId)
    throw validationException(
      'INVALID_CUSTOMER_KEY',
      'KmsKeyArn cannot be given together with ParentSnapshotId: the snapshot is encrypted as its parent is.',
    );
  if (request.KmsKeyArn && Encrypted !== true)
    throw validationException('INVALID_CUSTOMER_KEY', 'KmsKeyArn requires Encrypted to be true.');
  return {
    volumeSize: VolumeSize,
    ...(ParentSnapshotId && { parentSnapshotId: ParentSnapshotId }),
    description: Description,
    ...(Encrypted !== undefined && { encrypted: Encrypted }),
    ...(request.KmsKeyArn && { kmsKeyArn: request.KmsKeyArn }),
    timeout: Timeout,
    tags: tagsOf(request.Tags ?? []),
  };
}

function tagsOf(tags: readonly RequestedTag[]): Tags {
  if (tags.length > 50) throw validationException('INVALID_TAG', 'A snapshot can have at most 50 tags.');
  try {
    return parseTags(tags);
  } catch (error) {
    if (error instanceof ApiError) throw validationException('INVALID_TAG', error.message);
    throw error;
  }
}

/** Checks the start against its parent. @throws ValidationException */
export function checkParent(start: Start, parent: Snapshot): void {
  if (parent.state !== 'completed') throw snapshotNotReadable(parent.snapshotId);
  if (start.volumeSize < parent.volumeSize)
    throw validationException(
      'INVALID_VOLUME_SIZE',
      `VolumeSize is smaller than the parent snapshot '${parent.snapshotId}', expect size >= ${parent.volumeSize}`,
    );
}

export function isWholeWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
