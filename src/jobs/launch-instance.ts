import type { Instance } from '../domain/instance.ts';
import { memoryKeyOf } from './hibernate-guest.ts';
import { noteAttached } from './instance-interfaces.ts';
import { isToBePlugged, volumesOf } from './instance-volumes.ts';
import type { JobKind } from './job.ts';
import { runGuest } from './run-guest.ts';
import type { JobServices } from './services.ts';
import { stateReasonOf } from './state-reason.ts';
import { requireVolumeKeys } from './usable-keys.ts';

/** Runs a `pending` instance, new, stopped or hibernated before; it is `running` once its guest's CPU runs. */
export const launchInstance: JobKind<'launch-instance', JobServices> = {
  kind: 'launch-instance',
  async run({ input: { instanceId } }, services) {
    const instance = await services.records.read.instances.get(instanceId);
    if (instance?.state !== 'pending') return;
    await requireVolumeKeys(services, await volumesOf(services.records.read, instanceId));
    const memoryKey = instance.hibernated && (await memoryKeyOf(services, services.records.read, instance));
    const { memoryLost } = await runGuest(services, instance, memoryKey);
    await services.records.transaction(async records => {
      const now = services.now().toISOString();
      const current = await records.instances.get(instanceId);
      if (current?.state === 'pending')
        await records.instances.put({
          ...awake(current, memoryLost),
          state: 'running',
          health: 'initializing',
          healthSince: now,
        });
      // Also where the guest has already shut itself down.
      await noteAttached(records, instanceId);
      for (const volume of await volumesOf(records, instanceId))
        if (isToBePlugged(volume))
          await records.volumes.put({
            ...volume,
            state: 'in-use',
            attachment: { ...volume.attachment!, state: 'attached' },
          });
    });
  },

  /** A first launch that fails ends the instance; one that ran before goes back to `stopped` with its volumes. */
  async failed({ input: { instanceId } }, reason, { records, jobs }) {
    const stateReason = stateReasonOf(reason);
    await records.transaction(async writer => {
      const instance = await writer.instances.get(instanceId);
      if (instance?.state !== 'pending') return;
      const volumes = await volumesOf(writer, instanceId);
      const ranBefore = volumes.some(volume => volume.attachment?.state === 'attached');
      await writer.instances.put({
        ...instance,
        state: ranBefore ? 'stopping' : 'shutting-down',
        stateReason,
        stateTransitionReason: stateReason.code,
      });
      if (ranBefore) await jobs.enqueue(writer, 'stop-instance', instanceId, { instanceId, force: true });
      else await jobs.enqueue(writer, 'terminate-instance', instanceId, { instanceId });
    });
  },
};

/** Its memory has been used, or is lost: then the instance has booted, and says why. */
function awake({ stateReason: _, hibernated: __, ...instance }: Instance, memoryLost?: string): Instance {
  const message = `Server.InternalError: The instance was hibernated and has booted instead of going on: ${memoryLost}`;
  const stateReason = memoryLost && { stateReason: { code: 'Server.InternalError', message } };
  return { ...instance, ...stateReason, stateTransitionReason: '' };
}
