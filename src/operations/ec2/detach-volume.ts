import type { Instance } from '../../domain/instance.ts';
import type { Volume } from '../../domain/volume.ts';
import {
  hotPlugNotServed,
  instanceNotInState,
  rootNotDetachable,
  volumeNotAttached,
} from '../../domain/volume-errors.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import { operation } from './operation.ts';
import { presentAttachment } from './present/volume.ts';
import { optionalId } from './request.ts';
import { checkNotRead, findVolume } from './volume-lookup.ts';

/**
 * From a stopped instance, also its root. Product codes only this volume had brought leave the instance with it.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachVolume.html
 */
export const detachVolume = operation('DetachVolume', async (input, context) => {
  const instanceId = optionalId('i', input.InstanceId);
  const detached = await context.records.transaction(async records => {
    const { attachment, ...volume } = await findVolume(records, context, input.VolumeId);
    const { volumeId } = volume;
    if (!attachment || (instanceId && instanceId !== attachment.instanceId))
      throw volumeNotAttached(volumeId);
    if (input.Device && input.Device !== attachment.device) throw volumeNotAttached(volumeId);
    const instance = await records.instances.get(attachment.instanceId);
    if (instance) checkDetachable(instance, volumeId, attachment.device);
    await checkNotRead(records, { ...volume, attachment });
    await records.volumes.put({ ...volume, state: 'available' });
    if (instance) await dropProductCodes(records, instance, volume);
    return { volumeId, attachment };
  });
  return presentAttachment(detached.volumeId, { ...detached.attachment, state: 'detached' });
});

function checkDetachable(instance: Instance, volumeId: string, device: string): void {
  const { instanceId, state, rootDeviceName } = instance;
  if (state === 'stopped') return;
  if (device === rootDeviceName) throw rootNotDetachable(volumeId, instanceId);
  throw state === 'running'
    ? hotPlugNotServed(instanceId, 'detached from')
    : instanceNotInState(instanceId, 'stopped');
}

async function dropProductCodes(
  records: RegionWriter,
  instance: Instance,
  volume: Pick<Volume, 'productCodes'>,
): Promise<void> {
  if (volume.productCodes.length === 0) return;
  const { instanceId } = instance;
  const others = (await records.volumes.list({ instanceId })).flatMap(other => other.productCodes);
  const productCodes = instance.productCodes.filter(
    code => !volume.productCodes.includes(code) || others.includes(code),
  );
  await records.instances.put({ ...instance, productCodes });
}
