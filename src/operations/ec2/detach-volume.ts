import { hibernated } from '../../domain/hibernation.ts';
import type { Instance } from '../../domain/instance.ts';
import type { VolumeAttachment } from '../../domain/volume.ts';
import {
  instanceNotInState,
  rootNotDetachable,
  volumeNotAttached,
  volumeNotInUse,
} from '../../domain/volume-errors.ts';
import { putDetached } from '../../jobs/detached.ts';
import { operation } from './operation.ts';
import { presentAttachment } from './present/volume.ts';
import { optionalId } from './request.ts';
import { checkNotRead, findVolume } from './volume-lookup.ts';

/**
 * From a stopped instance at once, also its root. A running guest is asked for the volume by a job: it is `detaching`, then
 * `busy` while the guest does not let go of it. `Force` takes it away all the same.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachVolume.html
 */
export const detachVolume = operation('DetachVolume', async (input, context) => {
  const asked = optionalId('i', input.InstanceId);
  const detached = await context.records.transaction(async records => {
    const volume = await findVolume(records, context, input.VolumeId);
    const { volumeId, attachment } = volume;
    if (!attachment) throw volumeNotInUse(volumeId, volume.state);
    if (asked && asked !== attachment.instanceId) throw volumeNotAttached(volumeId);
    if (input.Device && input.Device !== attachment.device) throw volumeNotAttached(volumeId);
    const { instanceId } = attachment;
    const instance = await records.instances.get(instanceId);
    if (instance) checkDetachable(instance, volumeId, attachment.device);
    await checkNotRead(records, volume);
    if (instance?.state !== 'running') {
      await putDetached(records, volume);
      return { volumeId, attachment: { ...attachment, state: 'detached' as const } };
    }
    const force = input.Force ?? false;
    // The guest has been asked already, and is being asked again.
    if (isAsked(attachment) && !force) return { volumeId, attachment };
    const after = { ...attachment, state: 'detaching' as const };
    await records.volumes.put({ ...volume, attachment: after });
    await context.jobs.enqueue(records, 'detach-volume', volumeId, { volumeId, instanceId, force });
    return { volumeId, attachment: after };
  });
  context.jobs.wake();
  return presentAttachment(detached.volumeId, detached.attachment);
});

const isAsked = ({ state }: VolumeAttachment) => state === 'detaching' || state === 'busy';

function checkDetachable(instance: Instance, volumeId: string, device: string): void {
  const { instanceId, state, rootDeviceName } = instance;
  if (instance.hibernated) throw hibernated(instanceId);
  if (state === 'stopped') return;
  if (device === rootDeviceName) throw rootNotDetachable(volumeId, instanceId);
  if (state !== 'running') throw instanceNotInState(instanceId, 'stopped');
}
