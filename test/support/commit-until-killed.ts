import { openRegionDatabase } from '../../src/stores/records/open.ts';

/** A program to be killed: commits jobs, several at once, and prints the id of each once it is acknowledged. */
const [folder, round] = process.argv.slice(2);
const records = await openRegionDatabase(`sqlite:${folder}`, 'us-east-1');
let number = 0;

async function commitOnAndOn(): Promise<never> {
  for (;;) {
    const jobId = `job-${round}-${number++}`;
    await records.transaction(async writer => {
      const counter = await writer.jobs.get('counter');
      await writer.jobs.put(job('counter', (counter?.attempts ?? 0) + 1));
      await writer.jobs.put(job(jobId, 0));
    });
    process.stdout.write(`${jobId}\n`);
  }
}

function job(jobId: string, attempts: number) {
  const time = '2026-05-10T13:17:12.000Z';
  const state = 'queued' as const;
  return { jobId, kind: 'k', subject: 's', input: {}, state, attempts, createTime: time, runAfter: time };
}

await Promise.all([1, 2, 3, 4].map(commitOnAndOn));
