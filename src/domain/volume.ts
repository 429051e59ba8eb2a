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
  /** Of a root volume that has replaced another one: the snapshot its instance was launched from. */
  launchSnapshotId?: string;
  availabilityZone: string;
  state: VolumeState;
  createTime: string;
  volumeType: VolumeType;
  iops?: number;
  throughput?: number;
  encrypted: boolean;
  /** ARN of its key; a volume encrypted before there were keys has none. */
  kmsKeyId?: string;
  /** ARN of its snapshot's key where that is another one: until blocks are changed they lie under it. */
  sourceKmsKeyId?: string;
  attachment?: VolumeAttachment;
  productCodes: string[];
  /** Whether I/O goes on by itself after a check of the volume failed; absent: it does not. */
  autoEnableIo?: boolean;
  /** The last change ModifyVolume was asked for. */
  modification?: VolumeModification;
  /** When ModifyVolume was asked for a change within a day before the last one, that one included. */
  modificationTimes?: string[];
  /** When it was deleted: it stays visible for a minute. */
  deletedTime?: string;
}

export const GiB = 1024 ** 3;

/** What a new volume says of its keys. @param source the snapshot it is made from */
export function volumeKeys(
  { encrypted, kmsKeyId }: { encrypted: boolean; kmsKeyId?: string },
  source: { kmsKeyId?: string } | undefined,
): Pick<Volume, 'encrypted' | 'kmsKeyId' | 'sourceKmsKeyId'> {
  const sourceKmsKeyId = source?.kmsKeyId === kmsKeyId ? undefined : source?.kmsKeyId;
  return { encrypted, ...(kmsKeyId && { kmsKeyId }), ...(sourceKmsKeyId && { sourceKmsKeyId }) };
}
