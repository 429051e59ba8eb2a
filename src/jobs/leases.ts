import type { Job } from '../domain/job.ts';
import type { RegionDatabase, RegionWriter } from '../stores/records/database.ts';

/** Another runner has the job: this one must not touch its records any more. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** States in which a job has still something to do. */
export const active = ['queued', 'failing'] as const;

export type Leases = ReturnType<typeof createLeases>;

/**
 * A runner's hold on jobs, in the records: a leased job names its runner and is due again when the lease has run out.
 * Whatever changes a job checks first that the lease is still this runner's, in the same transaction.
 */
export function createLeases(options: {
  records: RegionDatabase;
  runnerId: string;
  now(): Date;
  /** Milliseconds. */
  lease: number;
}) {
  const { records, runnerId } = options;
  const at = (milliseconds: number) => new Date(options.now().getTime() + milliseconds).toISOString();

  const change = (jobId: string, change: (job: Job, writer: RegionWriter) => Promise<Job> | Job) =>
    records.transaction(async writer => {
      const job = await writer.jobs.get(jobId);
      if (job?.leasedBy !== runnerId) throw new LeaseLost(`Another runner has taken ${jobId}`);
      const changed = await change(job, writer);
      await writer.jobs.put(changed);
      return changed;
    });

  return {
    /** Takes a job that is due, unless it is not or no longer the first of its subject. */
    claim: ({ jobId, subject }: Job): Promise<Job | undefined> =>
      records.transaction(async writer => {
        const [first] = await writer.jobs.list({ subject, state: active }, { limit: 1 });
        if (first?.jobId !== jobId || first.runAfter > at(0)) return undefined;
        const claimed = { ...first, leasedBy: runnerId, runAfter: at(options.lease) };
        await writer.jobs.put(claimed);
        return claimed;
      }),

    /** Prolongs the leases on these jobs. @returns the ids of those that are lost. */
    renew: (jobIds: readonly string[]): Promise<string[]> =>
      records.transaction(async writer => {
        const mine = (await writer.jobs.getMany(jobIds)).filter(job => job.leasedBy === runnerId);
        for (const job of mine) await writer.jobs.put({ ...job, runAfter: at(options.lease) });
        const held = new Set(mine.map(job => job.jobId));
        return jobIds.filter(jobId => !held.has(jobId));
      }),

    /** Takes from other runners what they have leased, and ends the waits of all jobs. @returns the jobs to do. */
    takeOver: (): Promise<Job[]> =>
      records.transaction(async writer => {
        const jobs = await writer.jobs.list({ state: active });
        for (const job of jobs) await writer.jobs.put({ ...job, leasedBy: undefined, runAfter: at(0) });
        return jobs;
      }),

    save: (jobId: string, checkpoint: unknown, work?: (records: RegionWriter) => Promise<void>) =>
      change(jobId, async (job, writer) => {
        await work?.(writer);
        return { ...job, checkpoint, runAfter: at(options.lease) };
      }),

    complete: (jobId: string): Promise<void> =>
      records.transaction(async writer => {
        if ((await writer.jobs.get(jobId))?.leasedBy !== runnerId)
          throw new LeaseLost(`Another runner has taken ${jobId}`);
        await writer.jobs.delete(jobId);
      }),

    /** Lets go of a job that was interrupted; anyone may go on with it at once. */
    release: (jobId: string) => change(jobId, job => ({ ...job, leasedBy: undefined, runAfter: at(0) })),

    retry: (jobId: string, error: string, delay: number) =>
      change(jobId, job => ({
        ...job,
        error,
        attempts: job.attempts + 1,
        leasedBy: undefined,
        runAfter: at(delay),
      })),

    /** No more tries: what is left is to settle the records, by the same lease. */
    giveUp: (jobId: string, error: string, errorCode?: string) =>
      change(jobId, job => ({ ...job, error, errorCode, state: 'failing', attempts: 0 })),

    fail: (jobId: string) =>
      change(jobId, job => ({ ...job, state: 'failed', leasedBy: undefined, runAfter: at(0) })),
  };
}
