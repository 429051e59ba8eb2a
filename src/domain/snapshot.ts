import type { DiskFacts } from './disk-facts.ts';
import type { StateReason } from './image.ts';
import type { SnapshotLock } from './snapshot-lock.ts';
import type { Volume } from './volume.ts';

export type SnapshotState = 'pending' | 'completed' | 'error';

/** A snapshot as the region keeps it; its blocks are listed by the manifest of the same id. */
export interface Snapshot {
  snapshotId: string;
  ownerId: string;
  /** `vol-ffffffff` where no volume of ours stands behind it (a copy, an upload). */
  volumeId: string;
  /** GiB. */
  volumeSize: number;
  state: SnapshotState;
  stateReason?: StateReason;
  startTime: string;
  completionTime?: string;
  /** 0 to 100. */
  progress: number;
  description: string;
  encrypted: boolean;
  /** ARN. */
  kmsKeyId?: string;
  /** Bytes of all written blocks (not of what this snapshot alone adds); set on completion. */
  fullSnapshotSizeInBytes?: number;
  /** What its blocks say of the machine they are for; set on completion. */
  disk?: DiskFacts;
  /** The snapshot whose manifest this one started from. */
  parentSnapshotId?: string;
  productCodes: string[];
  /** Accounts, or `all`, that may create volumes from it. */
  createVolumePermissions: string[];
  /** The owner blocks all public sharing: `all` above is kept, and means nobody meanwhile. */
  publicAccessBlocked?: true;
  /** Set on copies; `time-based` where a completion duration was asked for. */
  transferType?: 'standard' | 'time-based';
  completionDurationMinutes?: number;
  lock?: SnapshotLock;
  /** An upload through the EBS direct API that is still open; each block put moves `expiresAt` `timeout` minutes on. */
  upload?: { sessionId: string; clientToken?: string; expiresAt: string; timeout: number };
}

/** Stands for the volume of a snapshot no volume of ours is behind. */
export const noVolumeId = 'vol-ffffffff';

/** The snapshot of a volume at the moment it is asked for: its blocks are still to be read. */
export function pendingSnapshot(
  snapshotId: string,
  volume: Pick<Volume, 'volumeId' | 'ownerId' | 'size' | 'encrypted' | 'kmsKeyId' | 'productCodes'>,
  startTime: string,
  description: string,
): Snapshot {
  return {
    snapshotId,
    ownerId: volume.ownerId,
    volumeId: volume.volumeId,
    volumeSize: volume.size,
    state: 'pending',
    startTime,
    progress: 0,
    description,
    encrypted: volume.encrypted,
    ...(volume.kmsKeyId && { kmsKeyId: volume.kmsKeyId }),
    productCodes: volume.productCodes,
    createVolumePermissions: [],
  };
}
