import { afterEach, beforeEach } from 'vitest';
import type { JobKind, RunningJob } from '../../src/jobs/job.ts';
import { createJobQueue } from '../../src/jobs/queue.ts';
import { createJobRunner, type JobRunner, type JobRunnerOptions } from '../../src/jobs/runner.ts';
import type { RegionDatabase } from '../../src/stores/records/database.ts';

type Services = { done: string[] };
type Stop = JobKind<'stop-instance', Services>;
export type Running = RunningJob<{ instanceId: string; force: boolean }>;
export type MakeRecords = () => Promise<{ records: RegionDatabase; remove(): Promise<void> }>;

/** Records, runners and a clock, new for each test; runners are stopped and records removed behind it. */
export function jobRunnerStage(make: MakeRecords) {
  let remove: () => Promise<void>;
  let runners: JobRunner[];
  const stage = {
    records: undefined as unknown as RegionDatabase,
    services: { done: [] } as Services,
    time: new Date(),

    /** A runner whose jobs are all `stop-instance`; quick to look and to try again. */
    createRunner(kind: Partial<Stop>, options: Partial<JobRunnerOptions<Services>> = {}): JobRunner {
      const stop: Stop = { kind: 'stop-instance', run: async () => {}, failed: async () => {}, ...kind };
      const runner = createJobRunner<Services>({
        records: stage.records,
        queue: createJobQueue({ now: () => stage.time }),
        kinds: [stop],
        services: stage.services,
        now: () => stage.time,
        log: { info() {}, error() {} },
        runnerId: `runner-${runners.length}`,
        poll: 5,
        backoff: () => 0,
        ...options,
      });
      runners.push(runner);
      return runner;
    },

    async enqueue(runner: JobRunner, ...subjects: string[]): Promise<void> {
      for (const [index, subject] of subjects.entries())
        await stage.records.transaction(writer =>
          runner.enqueue(writer, 'stop-instance', subject, {
            instanceId: `${subject}#${index}`,
            force: false,
          }),
        );
      runner.wake();
    },
  };

  beforeEach(async () => {
    ({ records: stage.records, remove } = await make());
    stage.services = { done: [] };
    runners = [];
    stage.time = new Date('2026-05-10T13:17:12.000Z');
  });
  afterEach(async () => {
    await Promise.all(runners.map(runner => runner.stop()));
    await stage.records.close();
    await remove();
  });
  return stage;
}
