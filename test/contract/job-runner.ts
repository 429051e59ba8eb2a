import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobKind, PermanentFailure, type RunningJob } from '../../src/jobs/job.ts';
import { createJobQueue } from '../../src/jobs/queue.ts';
import { createJobRunner, type JobRunner, type JobRunnerOptions } from '../../src/jobs/runner.ts';
import type { RegionDatabase } from '../../src/stores/records/database.ts';

type Services = { done: string[] };
type Stop = JobKind<'stop-instance', Services>;
type Running = RunningJob<{ instanceId: string; force: boolean }>;

/** What the job runner does, whatever database the jobs are in. */
export function jobRunnerContract(make: () => Promise<{ records: RegionDatabase; remove(): Promise<void> }>) {
  let records: RegionDatabase;
  let remove: () => Promise<void>;
  let services: Services;
  let runners: JobRunner[];
  let time: Date;

  beforeEach(async () => {
    ({ records, remove } = await make());
    services = { done: [] };
    runners = [];
    time = new Date('2026-05-10T13:17:12.000Z');
  });
  afterEach(async () => {
    await Promise.all(runners.map(runner => runner.stop()));
    await records.close();
    await remove();
  });

  /** A runner whose jobs are all `stop-instance`; quick to look and to try again. */
  function createRunner(kind: Partial<Stop>, options: Partial<JobRunnerOptions<Services>> = {}): JobRunner {
    const stop: Stop = { kind: 'stop-instance', run: async () => {}, failed: async () => {}, ...kind };
    const runner = createJobRunner<Services>({
      records,
      queue: createJobQueue({ now: () => time }),
      kinds: [stop],
      services,
      now: () => time,
      log: { info() {}, error() {} },
      runnerId: `runner-${runners.length}`,
      poll: 5,
      backoff: () => 0,
      ...options,
    });
    runners.push(runner);
    return runner;
  }

  const enqueue = async (runner: JobRunner, ...subjects: string[]) => {
    for (const [index, subject] of subjects.entries())
      await records.transaction(writer =>
        runner.enqueue(writer, 'stop-instance', subject, { instanceId: `${subject}#${index}`, force: false }),
      );
    runner.wake();
  };

  describe('a job', () => {
    it('runs with its input and its services, and is gone when it is done', async () => {
      const runner = createRunner({
        async run({ subject, input }, given) {
          given.done.push(`${subject} ${input.instanceId}`);
        },
      });
      await runner.start();
      await enqueue(runner, 'i-1');
      await runner.idle();
      expect(services.done).toEqual(['i-1 i-1#0']);
      expect(await records.read.jobs.list()).toEqual([]);
    });

    it('enqueued by a transaction that rolls back never runs', async () => {
      const runner = createRunner({ run: async job => void services.done.push(job.subject) });
      await runner.start();
      const rolledBack = records.transaction(async writer => {
        await runner.enqueue(writer, 'stop-instance', 'i-1', { instanceId: 'i-1', force: false });
        throw new Error('no');
      });
      await expect(rolledBack).rejects.toThrow('no');
      await runner.idle();
      expect(services.done).toEqual([]);
    });

    it('is found by the next look though nobody woke the runner', async () => {
      const ran = Promise.withResolvers<string>();
      const runner = createRunner({ run: async job => ran.resolve(job.subject) });
      await runner.start();
      await runner.idle();
      await records.transaction(writer =>
        runner.enqueue(writer, 'stop-instance', 'i-1', { instanceId: 'i-1', force: false }),
      );
      expect(await ran.promise).toBe('i-1');
    });

    it('runs after those of its subject that were enqueued before it, one at a time', async () => {
      let busy = 0;
      const runner = createRunner({
        async run({ input, save }) {
          expect(++busy).toBe(1);
          await save('halfway');
          services.done.push(input.instanceId);
          busy--;
        },
      });
      await enqueue(runner, ...Array(12).fill('i-1'));
      await runner.start();
      await runner.idle();
      expect(services.done).toEqual(Array.from({ length: 12 }, (_, index) => `i-1#${index}`));
    });

    it('runs beside those of other subjects, up to the bound', async () => {
      let busy = 0;
      let most = 0;
      const full = Promise.withResolvers<void>();
      const runner = createRunner(
        {
          async run() {
            most = Math.max(most, ++busy);
            if (busy === 4) full.resolve();
            await full.promise;
            busy--;
          },
        },
        { concurrency: 4 },
      );
      await enqueue(runner, ...Array.from({ length: 150 }, (_, index) => `i-${index % 130}`));
      await runner.start();
      await runner.idle();
      expect(most).toBe(4);
      expect(await records.read.jobs.list()).toEqual([]);
    });

    it('does not wait behind another subject with a long queue', async () => {
      const held = Promise.withResolvers<void>();
      const ran = Promise.withResolvers<void>();
      const runner = createRunner({
        run: async ({ subject }) => (subject === 'slow' ? held.promise : ran.resolve()),
      });
      await enqueue(runner, ...Array(250).fill('slow'), 'quick');
      await runner.start();
      await ran.promise;
      held.resolve();
      await runner.idle();
    });
  });

  describe('a job that fails', () => {
    it('is tried again as often as its kind says, then fails for good with the last message', async () => {
      let tries = 0;
      const reasons: Error[] = [];
      const runner = createRunner({
        attempts: 4,
        run: async () => Promise.reject(new Error(`no ${++tries}`)),
        failed: async (_job, reason) => void reasons.push(reason),
      });
      await runner.start();
      await enqueue(runner, 'i-1');
      await runner.idle();
      expect(tries).toBe(4);
      expect(reasons.map(reason => reason.message)).toEqual(['no 4']);
      expect(await records.read.jobs.list()).toMatchObject([{ state: 'failed', error: 'no 4' }]);
    });

    it('is tried three times unless said', async () => {
      const runner = createRunner({
        async run() {
          services.done.push('try');
          throw new Error('no');
        },
      });
      await runner.start();
      await enqueue(runner, 'i-1');
      await runner.idle();
      expect(services.done).toHaveLength(3);
    });

    it('keeps later jobs of its subject waiting until it is settled, and lets them run then', async () => {
      const runner = createRunner({
        attempts: 2,
        async run({ input }) {
          services.done.push(input.instanceId);
          if (input.instanceId === 'i-1#0') throw new Error('no');
        },
        failed: async () => void services.done.push('settled'),
      });
      await enqueue(runner, 'i-1', 'i-1');
      await runner.start();
      await runner.idle();
      expect(services.done).toEqual(['i-1#0', 'i-1#0', 'settled', 'i-1#1']);
    });

    it('waits for its next try', async () => {
      const tried = Promise.withResolvers<void>();
      const runner = createRunner(
        {
          async run() {
            services.done.push('try');
            tried.resolve();
            if (services.done.length === 1) throw new Error('no');
          },
        },
        { backoff: attempt => attempt * 60_000 },
      );
      await runner.start();
      await enqueue(runner, 'i-1');
      await tried.promise;
      await runner.stop();
      expect(await records.read.jobs.list()).toMatchObject([
        { state: 'queued', attempts: 1, error: 'no', runAfter: '2026-05-10T13:18:12.000Z' },
      ]);
      const next = createRunner({ run: async () => void services.done.push('again') });
      await next.start();
      time = new Date('2026-05-10T13:18:12.001Z');
      await next.idle();
      expect(services.done).toEqual(['try', 'again']);
    });

    it('permanently is not tried again, and its code reaches `failed`', async () => {
      const reasons: unknown[] = [];
      const runner = createRunner({
        async run() {
          services.done.push('try');
          throw new PermanentFailure('Server.InternalError', 'The disk is damaged');
        },
        failed: async (_job, reason) => void reasons.push(reason),
      });
      await runner.start();
      await enqueue(runner, 'i-1');
      await runner.idle();
      expect(services.done).toEqual(['try']);
      expect(reasons[0]).toBeInstanceOf(PermanentFailure);
      expect(reasons).toMatchObject([{ code: 'Server.InternalError', message: 'The disk is damaged' }]);
    });

    it('is settled again when that failed, also by the next runner, with the same reason', async () => {
      const crashed = Promise.withResolvers<void>();
      const first = createRunner(
        {
          run: () => Promise.reject(new PermanentFailure('Server.Gone', 'gone')),
          failed() {
            crashed.resolve();
            return new Promise(() => {});
          },
        },
        { grace: 0 },
      );
      await first.start();
      await enqueue(first, 'i-1');
      await crashed.promise;
      let settles = 0;
      const second = createRunner(
        {
          run: async () => void services.done.push('run again'),
          async failed(_job, reason) {
            services.done.push(`${(reason as PermanentFailure).code} ${reason.message}`);
            if (++settles === 1) throw new Error('not now');
          },
        },
        { takeOver: true },
      );
      await second.start();
      await second.idle();
      expect(services.done).toEqual(['Server.Gone gone', 'Server.Gone gone']);
      expect(await records.read.jobs.list()).toMatchObject([{ state: 'failed', error: 'gone' }]);
    });

    it('of a kind nobody knows fails and says so', async () => {
      const runner = createRunner({}, { kinds: [] });
      await runner.start();
      await enqueue(runner, 'i-1');
      await runner.idle();
      expect(await records.read.jobs.list()).toMatchObject([
        { state: 'failed', error: "There is no job of the kind 'stop-instance'" },
      ]);
    });

    it('is kept for a week', async () => {
      const first = createRunner({ run: () => Promise.reject(new PermanentFailure('c', 'no')) });
      await first.start();
      await enqueue(first, 'i-1');
      await first.idle();
      time = new Date(time.getTime() + 6.9 * 24 * 3600 * 1000);
      await createRunner({}).start();
      expect(await records.read.jobs.list()).toHaveLength(1);
      time = new Date(time.getTime() + 0.2 * 24 * 3600 * 1000);
      await createRunner({}).start();
      expect(await records.read.jobs.list()).toHaveLength(0);
    });
  });

  describe('a checkpoint', () => {
    it('is saved together with changes to records, or not at all', async () => {
      const vpc = { vpcId: 'vpc-1', ownerId: 'o' } as never;
      const runner = createRunner({
        attempts: 1,
        async run({ save }) {
          await save('made', writer => writer.vpcs.put(vpc));
          await save('lost', async writer => {
            await writer.vpcs.delete('vpc-1');
            throw new Error('no');
          });
        },
        failed: async job => void services.done.push(String(job.checkpoint)),
      });
      await runner.start();
      await enqueue(runner, 'i-1');
      await runner.idle();
      expect(services.done).toEqual(['made']);
      expect(await records.read.vpcs.get('vpc-1')).toEqual(vpc);
    });

    it('is where the job goes on after its runner died, and the dead one can do no more harm', async () => {
      const reached = Promise.withResolvers<Running>();
      const first = createRunner(
        {
          async run(job) {
            await job.save({ step: 1 }, async writer => writer.vpcs.put({ vpcId: 'vpc-1' } as never));
            reached.resolve(job);
            await new Promise(() => {});
          },
        },
        { grace: 0 },
      );
      await first.start();
      await enqueue(first, 'i-1');
      const abandoned = await reached.promise;

      const second = createRunner(
        { run: async job => void services.done.push(JSON.stringify(job.checkpoint)) },
        { takeOver: true },
      );
      await second.start();
      await second.idle();
      expect(services.done).toEqual(['{"step":1}']);
      const late = abandoned.save({ step: 2 }, writer => writer.vpcs.delete('vpc-1'));
      await expect(late).rejects.toThrow('Another runner has taken');
      expect(await records.read.vpcs.get('vpc-1')).toBeDefined();
    });

    it('survives a stop: the job is let go at once and costs it no try', async () => {
      const reached = Promise.withResolvers<void>();
      const first = createRunner({
        attempts: 1,
        async run({ save, signal }) {
          await save('half');
          reached.resolve();
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        },
      });
      await first.start();
      await enqueue(first, 'i-1');
      await reached.promise;
      await first.stop();
      expect(await records.read.jobs.list()).toMatchObject([
        { state: 'queued', attempts: 0, checkpoint: 'half', runAfter: time.toISOString() },
      ]);
      const second = createRunner({ run: async job => void services.done.push(String(job.checkpoint)) });
      await second.start();
      await second.idle();
      expect(services.done).toEqual(['half']);
    });

    it('is not taken for the end when a job returns early because of a stop', async () => {
      const reached = Promise.withResolvers<void>();
      const runner = createRunner({
        async run({ signal }) {
          reached.resolve();
          await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
        },
      });
      await runner.start();
      await enqueue(runner, 'i-1');
      await reached.promise;
      await runner.stop();
      expect(await records.read.jobs.list()).toHaveLength(1);
    });
  });

  describe('a lease', () => {
    it('keeps a job from a second runner until it has run out', async () => {
      const reached = Promise.withResolvers<void>();
      const aborted = Promise.withResolvers<void>();
      const first = createRunner(
        {
          async run({ signal }) {
            signal.addEventListener('abort', () => aborted.resolve());
            reached.resolve();
            await new Promise(() => {});
          },
        },
        // Its heart beats too late: the time of this test jumps ahead of it.
        { lease: 1500, grace: 0 },
      );
      await first.start();
      await enqueue(first, 'i-1');
      await reached.promise;

      const second = createRunner({ run: async () => void services.done.push('taken') });
      await second.start();
      await enqueue(second, 'i-2');
      await expect.poll(() => services.done).toEqual(['taken']);
      expect((await records.read.jobs.list()).map(job => job.leasedBy)).toEqual(['runner-0']);
      time = new Date(time.getTime() + 1501);
      await second.idle();
      expect(services.done).toEqual(['taken', 'taken']);
      // The first runner learns of it at its next heartbeat.
      await aborted.promise;
    });

    it('is renewed while the job runs', async () => {
      const held = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      const runner = createRunner(
        {
          async run() {
            reached.resolve();
            await held.promise;
          },
        },
        { lease: 60 },
      );
      await runner.start();
      await enqueue(runner, 'i-1');
      await reached.promise;
      time = new Date(time.getTime() + 10_000);
      const renewed = new Date(time.getTime() + 60).toISOString();
      await expect.poll(async () => (await records.read.jobs.list())[0]?.runAfter).toBe(renewed);
      held.resolve();
      await runner.idle();
    });
  });
}
