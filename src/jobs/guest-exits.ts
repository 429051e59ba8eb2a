import type { Instance } from '../domain/instance.ts';
import type { GuestExit } from '../engines/engine.ts';
import type { JobServices } from './services.ts';

const shutdownReason = {
  code: 'Client.InstanceInitiatedShutdown',
  message: 'Client.InstanceInitiatedShutdown: Instance initiated shutdown',
};

/**
 * What follows when a guest ends. One that shut itself down stops or terminates, as its shutdown behaviour says; one
 * whose process died is recovered; one that we ended is being seen to already.
 */
export async function onGuestExit(services: JobServices, instanceId: string, exit: GuestExit): Promise<void> {
  if (exit === 'stopped') return;
  const { records, jobs } = services;
  await records.transaction(async writer => {
    const instance = await writer.instances.get(instanceId);
    if (instance?.state !== 'running') return;
    if (exit === 'crashed') {
      const reason = 'The process of the virtual machine died';
      return jobs.enqueue(writer, 'recover-instance', instanceId, { instanceId, reason });
    }
    const terminates = instance.instanceInitiatedShutdownBehavior === 'terminate';
    await writer.instances.put(
      shutDownByGuest(instance, terminates ? 'shutting-down' : 'stopping', services.now()),
    );
    if (terminates) await jobs.enqueue(writer, 'terminate-instance', instanceId, { instanceId });
    else await jobs.enqueue(writer, 'stop-instance', instanceId, { instanceId, force: false });
  });
  jobs.wake();
}

/** The process that holds an instance's volumes died: a power failure for the guest (design row 6). */
export async function onDisksLost(services: JobServices, holderId: string): Promise<void> {
  const { records, jobs, log } = services;
  log.error('the process that held volumes open died', { holderId });
  await records.transaction(async writer => {
    const instance = await writer.instances.get(holderId);
    if (instance?.state !== 'running') return;
    const reason = 'The process that held the volumes of the virtual machine died';
    await jobs.enqueue(writer, 'recover-instance', holderId, { instanceId: holderId, reason });
  });
  jobs.wake();
}

function shutDownByGuest(instance: Instance, state: 'stopping' | 'shutting-down', now: Date): Instance {
  const when = now.toISOString().slice(0, 19).replace('T', ' ');
  return {
    ...instance,
    state,
    stateReason: shutdownReason,
    stateTransitionReason: `User initiated (${when} GMT)`,
  };
}
