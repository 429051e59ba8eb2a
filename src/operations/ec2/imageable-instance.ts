import { ApiError, invalidParameterValue } from '../../domain/errors.ts';
import type { Instance } from '../../domain/instance.ts';
import { instanceNotFound } from '../../domain/instance-errors.ts';
import type { Volume } from '../../domain/volume.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/**
 * The caller's instance, if an image can be made of it (spec C.4).
 * @throws InvalidInstanceID.NotFound, InvalidParameterValue without an EBS root, IncorrectInstanceState
 */
export async function imageableInstance(
  records: RegionReader,
  accountId: string,
  instanceId: string,
): Promise<Instance> {
  const instance = await records.instances.get(instanceId);
  if (instance?.ownerId !== accountId) throw instanceNotFound([instanceId]);
  if (instance.rootDeviceType !== 'ebs') throw noRoot(instanceId, 'null');
  if (instance.state !== 'running' && instance.state !== 'stopped')
    throw new ApiError(
      'IncorrectInstanceState',
      `The instance '${instanceId}' is not in the 'running' or 'stopped' state.`,
    );
  return instance;
}

/** Its volumes: the root first, then the others by device name. @throws InvalidParameterValue without a root volume. */
export async function attachedVolumes(records: RegionReader, instance: Instance): Promise<Volume[]> {
  const { root, data } = await volumesAttachedTo(records, instance);
  if (!root) throw noRoot(instance.instanceId, instance.rootDeviceName);
  return [root, ...data];
}

/** Its root volume, unless that is detached, and the others by device name. */
export async function volumesAttachedTo(
  records: RegionReader,
  { instanceId, rootDeviceName }: Instance,
): Promise<{ root: Volume | undefined; data: Volume[] }> {
  const volumes = (await records.volumes.list({ instanceId })).filter(
    volume => volume.attachment?.state === 'attached',
  );
  const deviceOf = (volume: Volume) => volume.attachment!.device;
  const root = volumes.find(volume => deviceOf(volume) === rootDeviceName);
  const data = volumes.filter(volume => volume !== root);
  return { root, data: data.sort((a, b) => (deviceOf(a) < deviceOf(b) ? -1 : 1)) };
}

const noRoot = (instanceId: string, device: string) =>
  invalidParameterValue(
    `Value (${instanceId}) for parameter InstanceId is invalid. Instance does not have a volume attached at root (${device}).`,
  );
