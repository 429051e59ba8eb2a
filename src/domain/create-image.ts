import type { BlockDeviceMapping } from './block-device-mapping.ts';
import {
  type BlockDeviceRequest,
  invalidBlockDeviceMapping,
  requestsByDevice,
} from './block-device-request.ts';
import { type SettleContext, settleNewDevice } from './block-device-settle.ts';
import type { Volume } from './volume.ts';

export interface ImageDevices {
  /** The image's mapping but for the ids of the snapshots yet to be taken of `volumes`, in the same order first. */
  volumes: { volume: Volume; deviceName: string; deleteOnTermination: boolean }[];
  /** Instance-store disks and volumes that the request adds. */
  others: BlockDeviceMapping[];
}

/**
 * Which devices an image of an instance gets (spec C.4): its attached volumes and instance-store disks, adjusted by the
 * request. Of an attached volume only DeleteOnTermination can be changed, or the whole left out.
 * @throws InvalidBlockDeviceMapping and what settling a new device throws
 */
export function devicesOfCreatedImage(
  attached: readonly Volume[],
  ephemeral: readonly BlockDeviceMapping[],
  requests: readonly BlockDeviceRequest[] | undefined,
  context: SettleContext,
): ImageDevices {
  const wanted = requestsByDevice(requests);
  const volumes: ImageDevices['volumes'] = [];
  for (const volume of attached) {
    const { device, deleteOnTermination } = volume.attachment!;
    const request = wanted.get(device);
    if (request) checkAdjustment(volume, device, request, context.rootDeviceName);
    if (request?.NoDevice !== undefined) continue;
    volumes.push({
      volume,
      deviceName: device,
      deleteOnTermination: request?.Ebs?.DeleteOnTermination ?? deleteOnTermination,
    });
  }

  const taken = new Set(attached.map(volume => volume.attachment!.device));
  const kept = ephemeral.filter(({ deviceName }) => !taken.has(deviceName) && !wanted.has(deviceName));
  const added = [...wanted]
    .filter(([device, request]) => !taken.has(device) && request.NoDevice === undefined)
    .map(([device, request]) => settleNewDevice(device, request, context));
  return { volumes, others: [...kept, ...added] };
}

function checkAdjustment(volume: Volume, device: string, request: BlockDeviceRequest, root: string): void {
  if (request.NoDevice !== undefined) {
    if (device === root) throw invalidBlockDeviceMapping(`The root device '${device}' cannot be suppressed`);
    return;
  }
  if (request.VirtualName)
    throw invalidBlockDeviceMapping(`The device '${device}' has volume ${volume.volumeId} attached`);
  const ebs = request.Ebs ?? {};
  if (ebs.Encrypted !== undefined || ebs.KmsKeyId)
    throw invalidBlockDeviceMapping(
      `the encrypted flag cannot be specified since device ${device} has a snapshot specified.`,
    );
  const changes =
    Boolean(ebs.SnapshotId) ||
    (ebs.VolumeSize ?? volume.size) !== volume.size ||
    (ebs.VolumeType || volume.volumeType) !== volume.volumeType ||
    (ebs.Iops ?? volume.iops) !== volume.iops ||
    (ebs.Throughput ?? volume.throughput) !== volume.throughput;
  if (changes)
    throw invalidBlockDeviceMapping(
      `Only DeleteOnTermination can be modified for device '${device}', which has volume ${volume.volumeId} attached`,
    );
}
