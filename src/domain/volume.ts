import type { VolumeType } from './block-device-mapping.ts';
import type { VolumeModification } from './volume-modification.ts';

export type VolumeState = 'creating' | 'available' | 'in-use' | 'deleting' | 'deleted' | 'error';

export interface VolumeAttachment {
  instanceId: string;
  device: string;
  state: 'attaching' | 'attached' | 'detaching' | 'detached' | 'busy';
  attachTime: string;
  deleteOnTermination: boolean;
}

/** A volume as the region keeps it; its bytes are an overlay above its snapshot's manifest. */
export interface Volume {
  volumeId: string;
  ownerId: string;
  /** GiB. */
  size: number;
  snapshotId?: string;
  availabilityZone: string;
  state: VolumeState;
  createTime: string;
  volumeType: VolumeType;
  iops?: number;
  throughput?: number;
  encrypted: boolean;
  kmsKeyId?: string;
  attachment?: VolumeAttachment;
  productCodes: string[];
  /** Whether I/O goes on by itself after a check of the volume failed; absent: it does not. */
  autoEnableIo?: boolean;
  /** The last change ModifyVolume was asked for. */
  modification?: VolumeModification;
  /** When it was deleted: it stays visible for a minute. */
  deletedTime?: string;
}

export const GiB = 1024 ** 3;
