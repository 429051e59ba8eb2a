import type { Snapshot } from './snapshot.ts';
import { noVolumeId } from './snapshot.ts';
import { GiB } from './volume.ts';

/** What ImportSnapshot takes: AWS's three, and what QEMU reads besides. */
export const importFormats = ['RAW', 'VMDK', 'VHD', 'VHDX', 'QCOW2', 'OVA'] as const;
export type ImportFormat = (typeof importFormats)[number];

/** AWS's states: one that failed or was canceled is `deleting`, then `deleted`. */
export type ImportTaskState = 'active' | 'completed' | 'deleting' | 'deleted';

/** A disk on its way from a URL to a snapshot. */
export interface ImportSnapshotTask {
  importTaskId: string;
  ownerId: string;
  state: ImportTaskState;
  /** What an active one is doing, and why a deleted one is. */
  statusMessage?: string;
  /** 0 to 100. */
  progress: number;
  createTime: string;
  endTime?: string;
  description: string;
  container: { description?: string; format: ImportFormat; url: string };
  encrypted: boolean;
  kmsKeyId?: string;
  /** Of the snapshot to be; its record is written once the disk's size is known. */
  snapshotId: string;
  /** Bytes of the file, known together with the disk's size. */
  diskImageSize?: number;
}

/** The first percent AWS tells, and how far a task is when its file has arrived. */
export const importProgress = { first: 3, arrived: 50 } as const;

/** The snapshot an import writes, pending; `size` is the disk's in bytes. */
export function importedSnapshot(task: ImportSnapshotTask, size: number, startTime: string): Snapshot {
  return {
    snapshotId: task.snapshotId,
    ownerId: task.ownerId,
    volumeId: noVolumeId,
    volumeSize: Math.ceil(size / GiB),
    state: 'pending',
    startTime,
    progress: 0,
    description: `Created by AWS-VMImport service for ${task.importTaskId}`,
    encrypted: task.encrypted,
    ...(task.kmsKeyId && { kmsKeyId: task.kmsKeyId }),
    productCodes: [],
    createVolumePermissions: [],
  };
}

/** A task that did not end well; what it has made is still to be removed. */
export function endedTask(task: ImportSnapshotTask, statusMessage: string): ImportSnapshotTask {
  return { ...task, state: 'deleting', statusMessage };
}
