import type { JobQueue } from './job.ts';
import { createJobIds } from './job-ids.ts';

/** A region's queue: what operations and jobs enqueue through, and what its runner listens to. */
export interface ListenedJobQueue extends JobQueue {
  /** Calls `listener` at each `wake`. */
  onWake(listener: () => void): void;
  /** See `JobIds.continueAfter`. */
  continueAfter(jobId: string): void;
}

/** Made before the runner, since the runner's services may enqueue jobs themselves. */
export function createJobQueue({ now }: { now(): Date }): ListenedJobQueue {
  const ids = createJobIds(now);
  const listeners: (() => void)[] = [];
  return {
    async enqueue(records, kind, subject, input) {
      const createTime = now().toISOString();
      const jobId = ids.next();
      const start = { state: 'queued' as const, attempts: 0, createTime, runAfter: createTime };
      await records.jobs.put({ jobId, kind, subject, input, ...start });
    },
    wake() {
      for (const listener of listeners) listener();
    },
    onWake(listener) {
      listeners.push(listener);
    },
    continueAfter: ids.continueAfter,
  };
}
