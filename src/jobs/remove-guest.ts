import type { Instance } from '../domain/instance.ts';
import type { RegionWriter } from '../stores/records/database.ts';
import { closeIfIdle } from './close-if-idle.ts';
import { endLeases, releaseInterfaces } from './instance-interfaces.ts';
import { volumesOf } from './instance-volumes.ts';
import type { JobServices } from './services.ts';

/** What an instance on its way down becomes. */
const outcomes: Partial<Record<Instance['state'], 'stopped' | 'terminated'>> = {
  stopping: 'stopped',
  'shutting-down': 'terminated',
};

/**
 * Ends an instance's guest and settles its records: `stopped`, or `terminated` when its owner has asked for that, be it
 * meanwhile. The guest is asked to shut down and given `patience` milliseconds; 0 pulls the plug.
 */
export async function removeGuest(
  services: JobServices,
  instanceId: string,
  patience: number,
): Promise<void> {
  const { engine } = services;
  if (patience > 0) await engine.shutdown(instanceId, patience);
  else await engine.kill(instanceId);
  await settleEnd(services, instanceId);
}

/** Closes the volumes of an instance whose guest has ended, and settles its records. @param hibernated its memory is kept */
export async function settleEnd(
  services: JobServices,
  instanceId: string,
  hibernated = false,
): Promise<void> {
  await closeIfIdle(services, instanceId);
  await services.records.transaction(async writer => {
    const current = await writer.instances.get(instanceId);
    const state = current && outcomes[current.state];
    if (!state) return;
    await writer.instances.put({
      ...current,
      state,
      ...(hibernated && { hibernated }),
      health: 'initializing',
      healthSince: services.now().toISOString(),
      ...(state === 'terminated' && { terminatedTime: services.now().toISOString() }),
    });
    if (state === 'stopped') return endLeases(writer, instanceId);
    await releaseInterfaces(writer, instanceId);
    await releaseVolumes(services, writer, instanceId);
  });
}

/** Volumes marked so go with their instance; the others become `available`. */
async function releaseVolumes(
  services: JobServices,
  writer: RegionWriter,
  instanceId: string,
): Promise<void> {
  for (const { attachment, ...volume } of await volumesOf(writer, instanceId)) {
    if (attachment?.deleteOnTermination) {
      await writer.volumes.put({ ...volume, state: 'deleting' });
      await services.jobs.enqueue(writer, 'delete-volume', volume.volumeId, { volumeId: volume.volumeId });
    } else await writer.volumes.put({ ...volume, state: 'available' });
  }
}
