import { hibernateReason } from '../domain/hibernation.ts';
import type { Instance } from '../domain/instance.ts';
import { keyDomainOf } from '../domain/key-domain.ts';
import type { RegionReader } from '../stores/records/database.ts';
import { interfacesOf } from './instance-interfaces.ts';
import { volumesOf } from './instance-volumes.ts';
import type { JobServices } from './services.ts';

/**
 * Puts the memory of a `stopping` instance away, under the key of its root volume, and ends its guest. Killed at any
 * moment, the next try goes on: see `Engine.hibernate`. Only then is the instance noted to be hibernated.
 * @returns false when it cannot be hibernated, which its reason says: it is to be shut down instead.
 */
export async function hibernateGuest(services: JobServices, instance: Instance): Promise<boolean> {
  const { engine, locks, log, records } = services;
  const { instanceId } = instance;
  return locks.run(`holder ${instanceId}`, async () => {
    // Devices on their way to or from the guest arrive meanwhile, in jobs of their own; the machine must not change after.
    const states = (await volumesOf(records.read, instanceId)).map(volume => volume.attachment!.state);
    const nicStates = (await interfacesOf(records.read, instanceId)).map(one => one.attachment.status);
    if (
      states.some(state => state === 'attaching' || state === 'detaching') ||
      nicStates.includes('attaching')
    )
      throw new Error(`${instanceId} is hibernated when its devices are attached or detached`);
    try {
      if (states.includes('busy') || nicStates.includes('detaching'))
        throw new Error('the guest has not let go of a device that is to be detached');
      await engine.hibernate(instanceId, await memoryKeyOf(services, records.read, instance));
      return true;
    } catch (error) {
      log.error('an instance could not be hibernated, and is shut down', { instanceId, error });
      await noteFailure(services, instanceId);
      return false;
    }
  });
}

/** What memory of an instance is sealed under. @throws when its root volume, or the key of that, is gone */
export async function memoryKeyOf(
  { blocks }: Pick<JobServices, 'blocks'>,
  records: Pick<RegionReader, 'volumes'>,
  { instanceId, rootDeviceName }: Instance,
): Promise<Uint8Array> {
  const volumes = await volumesOf(records, instanceId);
  const root = volumes.find(volume => volume.attachment!.device === rootDeviceName);
  if (!root) throw new Error(`${instanceId} has no root volume`);
  return blocks.memoryKey(keyDomainOf(root));
}

async function noteFailure({ records }: JobServices, instanceId: string): Promise<void> {
  await records.transaction(async writer => {
    const instance = await writer.instances.get(instanceId);
    if (instance?.state !== 'stopping' || instance.stateReason?.code !== hibernateReason.code) return;
    const message =
      "Server.InternalError: The instance could not be hibernated and was shut down; the server's log tells more.";
    await writer.instances.put({ ...instance, stateReason: { code: 'Server.InternalError', message } });
  });
}
