import type { JobKind } from './job.ts';
import { removeGuest } from './remove-guest.ts';
import { runGuest } from './run-guest.ts';
import type { JobServices } from './services.ts';

/** A guest that fails again within this time of its start is not started once more, in milliseconds. */
const leastUptime = 30_000;

/**
 * A guest's process died, or the one that held its volumes: a power failure. Flushed writes are kept, the guest boots
 * again; one that dies at once is stopped instead, with the reason.
 */
export const recoverInstance: JobKind<'recover-instance', JobServices> = {
  kind: 'recover-instance',
  async run(job, services) {
    const { instanceId, reason } = job.input;
    const { records, engine, disks, locks, now, log } = services;
    const instance = await records.read.instances.get(instanceId);
    if (instance?.state !== 'running') return;
    if (job.checkpoint === undefined) {
      log.error('an instance lost its power', { instanceId, reason });
      await engine.kill(instanceId);
      await locks.run(`holder ${instanceId}`, () => disks.close(instanceId));
      const dieAgain = now().getTime() - Date.parse(instance.healthSince) < leastUptime;
      if (dieAgain && instance.health !== 'ok') return stop(services, instanceId, reason);
      await job.save('down', writer =>
        writer.instances.put({ ...instance, health: 'initializing', healthSince: now().toISOString() }),
      );
    }
    await runGuest(services, instance);
  },
  failed: ({ input: { instanceId, reason } }, failure, services) =>
    stop(services, instanceId, `${reason} (${failure.message})`),
};

async function stop(services: JobServices, instanceId: string, reason: string): Promise<void> {
  const instance = await services.records.read.instances.get(instanceId);
  if (instance?.state !== 'running') return;
  const stateReason = { code: 'Server.InternalError', message: `Server.InternalError: ${reason}` };
  const stopping = {
    ...instance,
    state: 'stopping' as const,
    stateReason,
    stateTransitionReason: 'Server.InternalError',
  };
  await services.records.transaction(writer => writer.instances.put(stopping));
  await removeGuest(services, stopping, 'stopped', 0);
}
