import type { JobKind } from './job.ts';
import { runGuest } from './run-guest.ts';
import type { JobServices } from './services.ts';

/** Shuts the guest down, by its power button, and boots it again; the instance is `running` all the while. */
export const rebootInstance: JobKind<'reboot-instance', JobServices> = {
  kind: 'reboot-instance',
  async run(job, services) {
    const { instanceId } = job.input;
    const instance = await services.records.read.instances.get(instanceId);
    if (instance?.state !== 'running') return;
    if (job.checkpoint === undefined) {
      await services.engine.shutdown(instanceId, services.shutdownTimeout);
      await job.save('down', async records => {
        // Its owner may have stopped or terminated it meanwhile.
        const current = await records.instances.get(instanceId);
        if (current?.state === 'running')
          await records.instances.put({
            ...current,
            health: 'initializing',
            healthSince: services.now().toISOString(),
          });
      });
    }
    await runGuest(services, instance);
  },
  async failed({ input: { instanceId } }, reason, services) {
    await services.records.transaction(records =>
      services.jobs.enqueue(records, 'recover-instance', instanceId, { instanceId, reason: reason.message }),
    );
  },
};
