import type { BlockDeviceMapping, EbsBlockDevice } from './block-device-mapping.ts';
import {
  type BlockDeviceRequest,
  type EbsRequest,
  invalidBlockDeviceMapping,
  requestsByDevice,
} from './block-device-request.ts';
import { checkDeviceName, checkVirtualName } from './device-name.ts';
import { checkKeyRequest } from './encryption.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotNotFound } from './snapshot-errors.ts';
import { checkBootType, parseVolumeType, settleVolumeShape } from './volume-limits.ts';

/** The snapshots that mappings name, by id: the caller has loaded them and checked that it may use them. */
export type KnownSnapshots = ReadonlyMap<string, Pick<Snapshot, 'volumeSize' | 'encrypted'>>;

export interface SettleContext {
  rootDeviceName: string;
  virtualizationType: 'hvm' | 'paravirtual';
  snapshots: KnownSnapshots;
}

/**
 * The block devices of an image that RegisterImage makes of its request (spec C.3, C.10).
 * @throws InvalidBlockDeviceMapping, InvalidParameterValue, InvalidSnapshot.NotFound, …
 */
export function settleBlockDevices(
  requests: readonly BlockDeviceRequest[] | undefined,
  context: SettleContext,
): BlockDeviceMapping[] {
  const wanted = [...requestsByDevice(requests)].filter(([, request]) => request.NoDevice === undefined);
  const root = wanted.find(([device]) => device === context.rootDeviceName);
  if (!root?.[1].Ebs?.SnapshotId)
    throw invalidBlockDeviceMapping('No root snapshot specified in device mapping.');
  return wanted.map(([device, request]) => settleNewDevice(device, request, context));
}

/** A device that no image or instance has yet, for an image to be made: Encrypted is the snapshot's, if it has one. */
export function settleNewDevice(
  deviceName: string,
  request: BlockDeviceRequest,
  context: SettleContext,
): BlockDeviceMapping {
  checkDeviceName(deviceName, context.virtualizationType);
  if (request.VirtualName) return { deviceName, virtualName: checkVirtualName(request.VirtualName) };
  const ebs = request.Ebs ?? {};
  if (ebs.KmsKeyId)
    throw invalidBlockDeviceMapping(`KmsKeyId cannot be specified for device ${deviceName} of an image.`);
  if (ebs.SnapshotId && ebs.Encrypted !== undefined)
    throw invalidBlockDeviceMapping(
      `the encrypted flag cannot be specified since device ${deviceName} has a snapshot specified.`,
    );
  return { deviceName, ebs: settleEbs(deviceName, ebs, undefined, context) };
}

/** Lays a request over what an image says of the device (nothing, for a new one), field by field, and checks the whole. */
export function settleEbs(
  deviceName: string,
  request: EbsRequest,
  base: EbsBlockDevice | undefined,
  context: Pick<SettleContext, 'rootDeviceName' | 'snapshots'>,
): EbsBlockDevice {
  checkKeyRequest(request);
  const snapshotId = request.SnapshotId || base?.snapshotId;
  const snapshot = snapshotId ? context.snapshots.get(snapshotId) : undefined;
  if (snapshotId && !snapshot) throw snapshotNotFound(snapshotId);

  const volumeType = request.VolumeType ? parseVolumeType(request.VolumeType) : (base?.volumeType ?? 'gp2');
  if (deviceName === context.rootDeviceName) checkBootType(volumeType);

  const volumeSize =
    request.VolumeSize ??
    (snapshotId === base?.snapshotId ? base?.volumeSize : undefined) ??
    snapshot?.volumeSize;
  if (volumeSize === undefined)
    throw invalidBlockDeviceMapping(`Either snapshot ID or volume size must be provided for: ${deviceName}`);
  if (snapshot && volumeSize < snapshot.volumeSize)
    throw invalidBlockDeviceMapping(
      `Volume of size ${volumeSize}GB is smaller than snapshot '${snapshotId}', expect size >= ${snapshot.volumeSize}GB`,
    );
  if (request.Encrypted === false && (snapshot?.encrypted || base?.encrypted))
    throw invalidBlockDeviceMapping(
      `Encrypted cannot be set to false for device ${deviceName}: its source is encrypted, and is never decrypted.`,
    );

  if (request.Throughput !== undefined && volumeType !== 'gp3')
    throw invalidBlockDeviceMapping(
      `throughput cannot be specified with the volumeType of device '${deviceName}'`,
    );
  const inherited = base?.volumeType === volumeType ? base : undefined;
  const shape = settleVolumeShape({
    volumeSize,
    volumeType,
    iops: request.Iops ?? inherited?.iops,
    throughput: request.Throughput ?? inherited?.throughput,
  });
  return {
    ...(snapshotId && { snapshotId }),
    ...shape,
    deleteOnTermination: request.DeleteOnTermination ?? base?.deleteOnTermination ?? true,
    encrypted: (snapshot?.encrypted || base?.encrypted || request.Encrypted) ?? false,
    ...(request.KmsKeyId && { kmsKeyId: request.KmsKeyId }),
  };
}
