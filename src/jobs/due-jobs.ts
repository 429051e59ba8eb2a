import type { Job } from '../domain/job.ts';
import type { RegionReader } from '../stores/records/database.ts';
import { active } from './leases.ts';

const pageSize = 100;

export interface DueJobs {
  jobs: Job[];
  /** When the earliest of those that wait is due. */
  nextDue?: string;
  /** Whether there is any job still to do, due or not. */
  any: boolean;
}

/**
 * The first job of each subject that is due, `limit` at most, oldest first. A subject whose first job waits or is
 * being run has none.
 */
export async function findDueJobs(
  records: RegionReader,
  busySubjects: Iterable<string>,
  time: string,
  limit: number,
): Promise<DueJobs> {
  const seen = new Set(busySubjects);
  const found: DueJobs = { jobs: [], any: seen.size > 0 };
  let after: string | undefined;
  for (;;) {
    const page = await records.jobs.list({ state: active }, { after, limit: pageSize });
    for (const job of page) {
      found.any = true;
      if (seen.has(job.subject)) continue;
      seen.add(job.subject);
      if (job.runAfter > time) found.nextDue = earlier(found.nextDue, job.runAfter);
      else if (found.jobs.length < limit) found.jobs.push(job);
    }
    // What waits behind a full house need not be read: the runner looks again when a job ends.
    if (page.length < pageSize || found.jobs.length >= limit) return found;
    after = page.at(-1)!.jobId;
  }
}

function earlier(a: string | undefined, b: string): string {
  return a === undefined || b < a ? b : a;
}
