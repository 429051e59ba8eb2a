import { describe, expect, it } from 'vitest';
import { jobRunnerStage, type MakeRecords, type Running } from './job-runner-stage.ts';

/** How jobs survive their runner: checkpoints and leases. */
export function jobLeaseContract(make: MakeRecords) {
  const stage = jobRunnerStage(make);
  const { createRunner, enqueue } = stage;

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
        failed: async job => void stage.services.done.push(String(job.checkpoint)),
      });
      await runner.start();
      await enqueue(runner, 'i-1');
      await runner.idle();
      expect(stage.services.done).toEqual(['made']);
      expect(await stage.records.read.vpcs.get('vpc-1')).toEqual(vpc);
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
        { run: async job => void stage.services.done.push(JSON.stringify(job.checkpoint)) },
        { takeOver: true },
      );
      await second.start();
      await second.idle();
      expect(stage.services.done).toEqual(['{"step":1}']);
      const late = abandoned.save({ step: 2 }, writer => writer.vpcs.delete('vpc-1'));
      await expect(late).rejects.toThrow('Another runner has taken');
      expect(await stage.records.read.vpcs.get('vpc-1')).toBeDefined();
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
      expect(await stage.records.read.jobs.list()).toMatchObject([
        { state: 'queued', attempts: 0, checkpoint: 'half', runAfter: stage.time.toISOString() },
      ]);
      const second = createRunner({
        run: async job => void stage.services.done.push(String(job.checkpoint)),
      });
      await second.start();
      await second.idle();
      expect(stage.services.done).toEqual(['half']);
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
      expect(await stage.records.read.jobs.list()).toHaveLength(1);
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

      const second = createRunner({ run: async () => void stage.services.done.push('taken') });
      await second.start();
      await enqueue(second, 'i-2');
      await expect.poll(() => stage.services.done).toEqual(['taken']);
      expect((await stage.records.read.jobs.list()).map(job => job.leasedBy)).toEqual(['runner-0']);
      stage.time = new Date(stage.time.getTime() + 1501);
      await second.idle();
      expect(stage.services.done).toEqual(['taken', 'taken']);
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
      stage.time = new Date(stage.time.getTime() + 10_000);
      const renewed = new Date(stage.time.getTime() + 60).toISOString();
      await expect.poll(async () => (await stage.records.read.jobs.list())[0]?.runAfter).toBe(renewed);
      held.resolve();
      await runner.idle();
    });
  });
}
