import { checkAttachmentDevice } from '../../domain/device-name.ts';
import { unsupportedOperation } from '../../domain/errors.ts';
import { hibernated } from '../../domain/hibernation.ts';
import type { Instance } from '../../domain/instance.ts';
import { mostVolumes } from '../../domain/instance-limits.ts';
import type { Volume, VolumeAttachment } from '../../domain/volume.ts';
import {
  deviceInUse,
  instanceNotInState,
  tooManyVolumes,
  volumeAlreadyAttached,
  volumeNotAvailable,
  volumeZoneMismatch,
} from '../../domain/volume-errors.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { findInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { presentAttachment } from './present/volume.ts';
import { idList, required } from './request.ts';
import { checkNotRead, findVolume } from './volume-lookup.ts';

/**
 * A running guest is given the volume by a job; a stopped one finds it at the next start. Product codes of the volume
 * become codes of the instance, which must be stopped for that.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachVolume.html
 */
export const attachVolume = operation('AttachVolume', async (input, context) => {
  const device = required(input.Device, 'Device');
  const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
  if (input.EbsCardIndex) throw unsupportedOperation('Instances have one EBS card: leave EbsCardIndex out.');
  const attached = await context.records.transaction(async records => {
    const volume = await findVolume(records, context, input.VolumeId);
    const [instance] = (await findInstances(records, context, ids)) as [Instance];
    checkAttachable(volume, instance);
    checkAttachmentDevice(device, instance.virtualizationType);
    await checkDevice(records, instance, device);
    const isRunning = instance.state === 'running';
    if (isRunning && volume.productCodes.length > 0) throw instanceNotInState(instance.instanceId, 'stopped');
    await checkNotRead(records, volume);

    const attachment: VolumeAttachment = {
      instanceId: instance.instanceId,
      device,
      state: isRunning ? 'attaching' : 'attached',
      attachTime: context.now().toISOString(),
      deleteOnTermination: false,
    };
    const after: Volume = { ...volume, state: 'in-use', attachment };
    await records.volumes.put(after);
    const productCodes = [...new Set([...instance.productCodes, ...volume.productCodes])];
    if (productCodes.length > instance.productCodes.length)
      await records.instances.put({ ...instance, productCodes });
    const { volumeId } = volume;
    const { instanceId } = instance;
    if (isRunning) await context.jobs.enqueue(records, 'attach-volume', volumeId, { volumeId, instanceId });
    return { volumeId, attachment };
  });
  context.jobs.wake();
  return presentAttachment(attached.volumeId, attached.attachment);
});

function checkAttachable(volume: Volume, instance: Instance): void {
  const { volumeId, state } = volume;
  if (state === 'in-use') throw volumeAlreadyAttached(volumeId);
  if (state !== 'available') throw volumeNotAvailable(volumeId);
  if (instance.state !== 'running' && instance.state !== 'stopped')
    throw instanceNotInState(instance.instanceId, 'running');
  if (instance.hibernated) throw hibernated(instance.instanceId);
  if (volume.availabilityZone !== instance.availabilityZone)
    throw volumeZoneMismatch(volumeId, instance.instanceId);
}

/** `/dev/sdf` and `sdf` are one device. */
const bare = (device: string) => device.replace(/^\/dev\//, '');

async function checkDevice(records: RegionReader, { instanceId }: Instance, device: string): Promise<void> {
  const others = await records.volumes.list({ instanceId });
  if (others.some(other => bare(other.attachment!.device) === bare(device))) throw deviceInUse(device);
  if (others.length >= mostVolumes) throw tooManyVolumes(mostVolumes);
}
