import type { Instance } from '../domain/instance.ts';
import { applyVpc } from './apply-vpc.ts';
import { closeIfIdle } from './close-if-idle.ts';
import { volumesOf } from './instance-volumes.ts';
import type { JobServices } from './services.ts';

/**
 * Ends an instance's guest and settles its records as `stopped` or `terminated`. The guest is asked to shut down and
 * given `patience` milliseconds; 0 pulls the plug.
 */
export async function removeGuest(
  services: JobServices,
  instance: Instance,
  outcome: 'stopped' | 'terminated',
  patience: number,
): Promise<void> {
  const { engine, records } = services;
  const { instanceId } = instance;
  if (patience > 0) await engine.shutdown(instanceId, patience);
  else await engine.kill(instanceId);
  await closeIfIdle(services, instanceId);
  await records.transaction(async writer => {
    const current = await writer.instances.get(instanceId);
    if (!current || current.state === outcome) return;
    const { publicIpAddress: _, ...rest } = current;
    await writer.instances.put({
      ...rest,
      state: outcome,
      health: 'initializing',
      healthSince: services.now().toISOString(),
      ...(outcome === 'terminated' && { terminatedTime: services.now().toISOString() }),
    });
    if (outcome === 'terminated') await releaseVolumes(services, writer, instanceId);
  });
  await applyVpc(services, instance.vpcId);
}

/** Volumes marked so go with their instance; the others become `available`. */
async function releaseVolumes(
  services: JobServices,
  writer: Parameters<Parameters<JobServices['records']['transaction']>[0]>[0],
  instanceId: string,
): Promise<void> {
  for (const { attachment, ...volume } of await volumesOf(writer, instanceId)) {
    if (attachment?.deleteOnTermination) {
      await writer.volumes.put({ ...volume, state: 'deleting' });
      await services.jobs.enqueue(writer, 'delete-volume', volume.volumeId, { volumeId: volume.volumeId });
    } else await writer.volumes.put({ ...volume, state: 'available' });
  }
}
