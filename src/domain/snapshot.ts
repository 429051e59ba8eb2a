import type { StateReason } from './image.ts';

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
  kmsKeyId?: string;
  /** Bytes of all written blocks (not of what this snapshot alone adds); set on completion. */
  fullSnapshotSizeInBytes?: number;
  /** The snapshot whose manifest this one started from. */
  parentSnapshotId?: string;
  productCodes: string[];
  /** Accounts, or `all`, that may create volumes from it. */
  createVolumePermissions: string[];
  /** An upload through the EBS direct API that is still open. */
  upload?: { sessionId: string; clientToken?: string; expiresAt: string };
}
