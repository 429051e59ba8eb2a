import { describe, expect, it } from 'vitest';
import { PermanentFailure } from '../../src/jobs/job.ts';
import { jobLeaseContract } from './job-leases.ts';
import { jobRunnerStage, type MakeRecords } from './job-runner-stage.ts';

/** What the job runner does, whatever database the jobs are in. */
export function jobRunnerContract(make: MakeRecords) {
  describe('across the death of a runner', () => jobLeaseContract(make));

  const stage = jobRunnerStage(make);
  const { createRunner, enqueue } = stage;

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
      expect(stage.services.done).toEqual(['i-1 i-1#0']);
      expect(await stage.records.read.jobs.list()).toEqual([]);
    });

    it('enqueued by a transaction that rolls back never runs', async () => {
      const runner = createRunner({ run: async job => void stage.services.done.push(job.subject) });
      await runner.start();
      const rolledBack = stage.records.transaction(async writer => {
        await runner.enqueue(writer, 'stop-instance', 'i-1', { instanceId: 'i-1', force: false });
        throw new Error('no');
      });
      await expect(rolledBack).rejects.toThrow('no');
      await runner.idle();
      expect(stage.services.done).toEqual([]);
    });

    it('is found by the next look though nobody woke the runner', async () => {
      const ran = Promise.withResolvers<string>();
      const runner = createRunner({ run: async job => ran.resolve(job.subject) });
      await runner.start();
      await runner.idle();
      await stage.records.transaction(writer =>
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
          stage.services.done.push(input.instanceId);
          busy--;
        },
      });
      await enqueue(runner, ...Array(12).fill('i-1'));
      await runner.start();
      await runner.idle();
      expect(stage.services.done).toEqual(Array.from({ length: 12 }, (_, index) => `i-1#${index}`));
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
      expect(await stage.records.read.jobs.list()).toEqual([]);
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
      expect(await stage.records.read.jobs.list()).toMatchObject([{ state: 'failed', error: 'no 4' }]);
    });

    it('is tried three times unless said', async () => {
      const runner = createRunner({
        async run() {
          stage.services.done.push('try');
          throw new Error('no');
        },
      });
      await runner.start();
      await enqueue(runner, 'i-1');
      await runner.idle();
      expect(stage.services.done).toHaveLength(3);
    });

    it('keeps later jobs of its subject waiting until it is settled, and lets them run then', async () => {
      const runner = createRunner({
        attempts: 2,
        async run({ input }) {
          stage.services.done.push(input.instanceId);
          if (input.instanceId === 'i-1#0') throw new Error('no');
        },
        failed: async () => void stage.services.done.push('settled'),
      });
      await enqueue(runner, 'i-1', 'i-1');
      await runner.start();
      await runner.idle();
      expect(stage.services.done).toEqual(['i-1#0', 'i-1#0', 'settled', 'i-1#1']);
    });

    it('waits for its next try', async () => {
      const tried = Promise.withResolvers<void>();
      const runner = createRunner(
        {
          async run() {
            stage.services.done.push('try');
            tried.resolve();
            if (stage.services.done.length === 1) throw new Error('no');
          },
        },
        { backoff: attempt => attempt * 60_000 },
      );
      await runner.start();
      await enqueue(runner, 'i-1');
      await tried.promise;
      await runner.stop();
      expect(await stage.records.read.jobs.list()).toMatchObject([
        { state: 'queued', attempts: 1, error: 'no', runAfter: '2026-05-10T13:18:12.000Z' },
      ]);
      const next = createRunner({ run: async () => void stage.services.done.push('again') });
      await next.start();
      stage.time = new Date('2026-05-10T13:18:12.001Z');
      await next.idle();
      expect(stage.services.done).toEqual(['try', 'again']);
    });

    it('permanently is not tried again, and its code reaches `failed`', async () => {
      const reasons: unknown[] = [];
      const runner = createRunner({
        async run() {
          stage.services.done.push('try');
          throw new PermanentFailure('Server.InternalError', 'The disk is damaged');
        },
        failed: async (_job, reason) => void reasons.push(reason),
      });
      await runner.start();
      await enqueue(runner, 'i-1');
      await runner.idle();
      expect(stage.services.done).toEqual(['try']);
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
          run: async () => void stage.services.done.push('run again'),
          async failed(_job, reason) {
            stage.services.done.push(`${(reason as PermanentFailure).code} ${reason.message}`);
            if (++settles === 1) throw new Error('not now');
          },
        },
        { takeOver: true },
      );
      await second.start();
      await second.idle();
      expect(stage.services.done).toEqual(['Server.Gone gone', 'Server.Gone gone']);
      expect(await stage.records.read.jobs.list()).toMatchObject([{ state: 'failed', error: 'gone' }]);
    });

    it('of a kind nobody knows fails and says so', async () => {
      const runner = createRunner({}, { kinds: [] });
      await runner.start();
      await enqueue(runner, 'i-1');
      await runner.idle();
      expect(await stage.records.read.jobs.list()).toMatchObject([
        { state: 'failed', error: "There is no job of the kind 'stop-instance'" },
      ]);
    });

    it('is kept for a week', async () => {
      const first = createRunner({ run: () => Promise.reject(new PermanentFailure('c', 'no')) });
      await first.start();
      await enqueue(first, 'i-1');
      await first.idle();
      stage.time = new Date(stage.time.getTime() + 6.9 * 24 * 3600 * 1000);
      await createRunner({}).start();
      expect(await stage.records.read.jobs.list()).toHaveLength(1);
      stage.time = new Date(stage.time.getTime() + 0.2 * 24 * 3600 * 1000);
      await createRunner({}).start();
      expect(await stage.records.read.jobs.list()).toHaveLength(0);
    });
  });
}
