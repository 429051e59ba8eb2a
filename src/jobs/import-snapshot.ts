import {
  endedTask,
  type ImportSnapshotTask,
  importedSnapshot,
  importProgress,
} from '../domain/import-task.ts';
import { keyDomainOf } from '../domain/key-domain.ts';
import type { ManifestSummary } from '../domain/manifest.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { GiB } from '../domain/volume.ts';
import { type ImportedDisk, ImportRefused } from '../imports/importer.ts';
import { manifestSummary, type WriteSession } from '../stores/blocks/block-store.ts';
import { clearImport } from './clear-import.ts';
import { type Attention, attentionTo, snapshotDeleted } from './import-attention.ts';
import { inspectSnapshot } from './inspect-snapshot.ts';
import { type JobKind, PermanentFailure } from './job.ts';
import { putCompleted } from './put-completed.ts';
import type { JobServices } from './services.ts';
import { stateReasonOf } from './state-reason.ts';
import { storeFrozen } from './store-frozen.ts';
import { requireSnapshotKey } from './usable-keys.ts';

/**
 * Makes a snapshot of the disk at a URL: fetched whole, opened by a confined process, its blocks stored like those of a
 * volume. A task that is canceled, or fails, leaves neither snapshot nor blocks.
 */
export const importSnapshot: JobKind<'import-snapshot', JobServices> = {
  kind: 'import-snapshot',
  async run({ input: { importTaskId }, signal }, services) {
    const task = await services.records.read.importTasks.get(importTaskId);
    if (task?.state === 'active') {
      const attention = attentionTo(services, importTaskId, signal);
      try {
        await importDisk(services, task, attention);
      } catch (error) {
        if (!attention.isCanceled()) throw permanent(error);
      }
    }
    await clearImport(services, importTaskId);
  },
  async failed({ input: { importTaskId } }, reason, services) {
    await services.records.transaction(async writer => {
      const task = await writer.importTasks.get(importTaskId);
      if (task?.state === 'active')
        await writer.importTasks.put(endedTask(task, stateReasonOf(reason).message));
    });
    await clearImport(services, importTaskId);
  },
};

async function importDisk(services: JobServices, task: ImportSnapshotTask, attention: Attention) {
  const { imports, blocks } = services;
  const { importTaskId, snapshotId, container } = task;
  const written = await manifestSummary(blocks, snapshotId);
  if (written) return complete(services, importTaskId, written);
  const { first, arrived } = importProgress;
  const { fileSize } = await imports.fetch(importTaskId, container.url, {
    signal: attention.signal,
    onProgress: portion => attention.tell(Math.floor(first + (arrived - first) * portion)),
  });
  const disk = await imports.open(importTaskId, container.format);
  try {
    const snapshot = await beginSnapshot(services, importTaskId, disk.size, fileSize);
    if (!snapshot) return;
    await requireSnapshotKey(services, snapshot);
    const session = await blocks.openSession(snapshotId, keyDomainOf(snapshot));
    if (!(await store(disk, session, attention))) return;
    const volumeSize = snapshot.volumeSize * GiB;
    await complete(services, importTaskId, await session.commit({ snapshotId, volumeSize }));
  } finally {
    await disk.close();
  }
}

function store(disk: ImportedDisk, session: WriteSession, attention: Attention): Promise<boolean> {
  const { size } = disk;
  const { arrived } = importProgress;
  const source = {
    size,
    changed: () => disk.allocated(),
    read: (offset: number, length: number) => disk.read(offset, length),
  };
  return storeFrozen(source, session, attention.signal, async percent => {
    await attention.tell(Math.floor(arrived + ((99 - arrived) * percent) / 99), percent);
    return !attention.isCanceled();
  });
}

/** Writes the snapshot's record now that its size is known; undefined when the task was canceled. */
async function beginSnapshot(
  { records, now }: JobServices,
  importTaskId: string,
  size: number,
  diskImageSize: number,
): Promise<Snapshot | undefined> {
  return records.transaction(async writer => {
    const task = await writer.importTasks.get(importTaskId);
    if (task?.state !== 'active') return undefined;
    const present = await writer.snapshots.get(task.snapshotId);
    if (present) return present;
    // It was there: a run before this one has begun it.
    if (task.diskImageSize !== undefined) throw snapshotDeleted(task.snapshotId);
    const snapshot = importedSnapshot(task, size, now().toISOString());
    await writer.snapshots.put(snapshot);
    await writer.importTasks.put({ ...task, diskImageSize, statusMessage: 'downloading/converting' });
    return snapshot;
  });
}

async function complete(
  { records, blocks, now }: JobServices,
  importTaskId: string,
  manifest: ManifestSummary,
): Promise<void> {
  const disk = await inspectSnapshot(blocks, manifest.snapshotId);
  await records.transaction(async writer => {
    const task = await writer.importTasks.get(importTaskId);
    if (task?.state !== 'active') return;
    const snapshot = await writer.snapshots.get(task.snapshotId);
    if (!snapshot) throw snapshotDeleted(task.snapshotId);
    const time = now();
    await putCompleted(writer, snapshot, { manifest, disk, time });
    const { statusMessage: _told, ...rest } = task;
    await writer.importTasks.put({ ...rest, state: 'completed', progress: 100, endTime: time.toISOString() });
  });
}

/** Trying again brings nothing else. */
function permanent(error: unknown): unknown {
  return error instanceof ImportRefused
    ? new PermanentFailure('ClientError', `ClientError: ${error.message}`, { cause: error })
    : error;
}
