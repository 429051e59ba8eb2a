import { PermanentFailure } from './job.ts';
import type { JobServices } from './services.ts';

/** What a running import and its task's record hear of each other. */
export interface Attention {
  /** Aborted when the server stops, or the task is no longer to be done. */
  readonly signal: AbortSignal;
  isCanceled(): boolean;
  /**
   * Notes how far it is, in percent, of the task and of the snapshot; finds out whether it is still wanted.
   * @throws PermanentFailure when the snapshot was deleted
   */
  tell(progress: number, ofSnapshot?: number): Promise<void>;
}

export function attentionTo(services: JobServices, importTaskId: string, stopping: AbortSignal): Attention {
  const canceled = new AbortController();
  return {
    signal: AbortSignal.any([stopping, canceled.signal]),
    isCanceled: () => canceled.signal.aborted,
    async tell(progress, ofSnapshot) {
      const { read } = services.records;
      const known = await read.importTasks.get(importTaskId);
      if (known?.state !== 'active') return canceled.abort(new Error('The import is not wanted any more'));
      if (ofSnapshot !== undefined && !(await read.snapshots.get(known.snapshotId)))
        throw snapshotDeleted(known.snapshotId);
      if (known.progress >= progress && known.statusMessage !== 'pending') return;
      await services.records.transaction(async writer => {
        const task = await writer.importTasks.get(importTaskId);
        if (task?.state !== 'active') return;
        await writer.importTasks.put({ ...task, progress, statusMessage: 'downloading/converting' });
        const snapshot = ofSnapshot === undefined ? undefined : await writer.snapshots.get(task.snapshotId);
        if (snapshot) await writer.snapshots.put({ ...snapshot, progress: ofSnapshot! });
      });
    },
  };
}

export const snapshotDeleted = (snapshotId: string) =>
  new PermanentFailure(
    'ClientError',
    `ClientError: The snapshot '${snapshotId}' was deleted before it was imported.`,
  );
