import { closeIfIdle } from './close-if-idle.ts';
import type { JobKind } from './job.ts';
import { runGuest } from './run-guest.ts';
import type { JobServices } from './services.ts';

/** A guest that fails again within this time of its start is not started once more, in milliseconds. */
const leastUptime = 30_000;

/**
 * A guest's process died, or the one that held its volumes: a power failure. Flushed writes are kept, the guest boots
 * again, unless another job has seen to that; one that dies at once is stopped instead, with the reason.
 */
export const recoverInstance: JobKind<'recover-instance', JobServices> = {
  kind: 'recover-instance',
  async run(job, services) {
    const { instanceId, reason } = job.input;
    const { records, engine, now, log } = services;
    const instance = await records.read.instances.get(instanceId);
    if (instance?.state !== 'running') return;
    if (await engine.isRunning(instanceId)) return;
    if (job.checkpoint === undefined) {
      log.error('an instance lost its power', { instanceId, reason });
      await closeIfIdle(services, instanceId);
      const dieAgain = now().getTime() - Date.parse(instance.healthSince) < leastUptime;
      if (dieAgain && instance.health !== 'ok') return stop(services, instanceId, reason);
      await job.save('down', async writer => {
        const current = await writer.instances.get(instanceId);
        if (current?.state === 'running')
          await writer.instances.put({
            ...current,
            health: 'initializing',
            healthSince: now().toISOString(),
          });
      });
    }
    await runGuest(services, instance);
  },
  failed: ({ input: { instanceId, reason } }, _failure, services) => stop(services, instanceId, reason),
};

async function stop({ records, jobs }: JobServices, instanceId: string, reason: string): Promise<void> {
  await records.transaction(async writer => {
    const instance = await writer.instances.get(instanceId);
    if (instance?.state !== 'running') return;
    await writer.instances.put({
      ...instance,
      state: 'stopping',
      stateReason: { code: 'Server.InternalError', message: `Server.InternalError: ${reason}` },
      stateTransitionReason: 'Server.InternalError',
    });
    await jobs.enqueue(writer, 'stop-instance', instanceId, { instanceId, force: true });
  });
}
