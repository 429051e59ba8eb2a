import type { RegionDatabase } from '../stores/records/database.ts';

const keptFor = 7 * 24 * 60 * 60 * 1000;
const keptAtMost = 1000;

/** Deletes failed jobs of more than a week ago, and the oldest beyond a thousand. */
export async function pruneFailedJobs(records: RegionDatabase, now: Date): Promise<void> {
  const before = new Date(now.getTime() - keptFor).toISOString();
  await records.transaction(async writer => {
    const failed = await writer.jobs.list({ state: 'failed' });
    for (const [index, job] of failed.entries())
      if (job.runAfter < before || index < failed.length - keptAtMost) await writer.jobs.delete(job.jobId);
  });
}
