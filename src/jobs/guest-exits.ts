import type { Instance } from '../domain/instance.ts';
import type { GuestExit } from '../engines/engine.ts';
import type { RegionWriter } from '../stores/records/database.ts';
import type { JobInputs, JobName } from './kinds.ts';
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
    if (!instance || !isUp(instance)) return;
    if (exit === 'crashed') {
      const reason = 'The process of the virtual machine died';
      return jobs.enqueue(writer, 'recover-instance', instanceId, { instanceId, reason });
    }
    if (await isBeingRebooted(writer, instanceId)) {
      const reason = 'The virtual machine shut down while it was to be booted again';
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

const rebooting: JobName[] = ['reboot-instance', 'create-image', 'replace-root-volume'];

/**
 * Whether the guest has obeyed a job that boots it again. Where a server died after it had pressed the power button, the next
 * one finds a guest that has shut down as if by itself; the job goes on.
 */
async function isBeingRebooted(writer: RegionWriter, instanceId: string): Promise<boolean> {
  const waiting = await writer.jobs.list({ subject: instanceId, kind: rebooting, state: 'queued' });
  return waiting.some(
    ({ kind, input }) => kind !== 'create-image' || (input as JobInputs['create-image']).reboot,
  );
}

/** The process that holds an instance's volumes died: a power failure for the guest (design row 6). */
export async function onDisksLost(services: JobServices, holderId: string): Promise<void> {
  const { records, engine, jobs, locks, log } = services;
  log.error('the process that held volumes open died', { holderId });
  if (!(await records.read.instances.get(holderId))) return;
  // It waits for a disk that does not come back, and would be taken for one that runs.
  await locks.run(`holder ${holderId}`, () => engine.kill(holderId));
  await records.transaction(async writer => {
    const instance = await writer.instances.get(holderId);
    if (!instance || !isUp(instance)) return;
    const reason = 'The process that held the volumes of the virtual machine died';
    await jobs.enqueue(writer, 'recover-instance', holderId, { instanceId: holderId, reason });
  });
  jobs.wake();
}

/** Also one whose launch is not on record yet: what is enqueued for it follows the launch. */
function isUp({ state }: Instance): boolean {
  return state === 'running' || state === 'pending';
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
