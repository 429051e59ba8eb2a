import type { BlockDeviceMapping } from './block-device-mapping.ts';
import {
  type BlockDeviceRequest,
  invalidBlockDeviceMapping,
  requestsByDevice,
} from './block-device-request.ts';
import { type KnownSnapshots, settleEbs } from './block-device-settle.ts';
import { checkDeviceName, checkVirtualName } from './device-name.ts';
import type { Image } from './image.ts';

/**
 * The devices of a launch: the image's mapping with the request over it, by exact device name (spec C.10). `NoDevice`
 * drops an entry, `VirtualName` replaces it, `Ebs` overrides its fields; a name the image lacks adds a device.
 * `snapshots` holds those of the image's mapping and of the request.
 * @throws InvalidBlockDeviceMapping, InvalidParameterValue, InvalidSnapshot.NotFound, …
 */
export function mergeBlockDeviceMappings(
  image: Pick<Image, 'blockDeviceMappings' | 'rootDeviceName' | 'virtualizationType'>,
  requests: readonly BlockDeviceRequest[] | undefined,
  snapshots: KnownSnapshots,
): BlockDeviceMapping[] {
  const wanted = requestsByDevice(requests);
  const known = new Set(image.blockDeviceMappings.map(mapping => mapping.deviceName));
  const added = [...wanted].filter(([device]) => !known.has(device));
  const context = { rootDeviceName: image.rootDeviceName, snapshots };

  return [
    ...image.blockDeviceMappings.flatMap(mapping => {
      const request = wanted.get(mapping.deviceName);
      if (mapping.deviceName === image.rootDeviceName) checkRoot(mapping, request);
      return overlay(mapping, request ?? {}, context);
    }),
    ...added.flatMap(([device, request]) => {
      if (request.NoDevice === undefined) checkDeviceName(device, image.virtualizationType);
      return overlay({ deviceName: device, ebs: undefined }, request, context);
    }),
  ];
}

function overlay(
  mapping: BlockDeviceMapping,
  request: BlockDeviceRequest,
  context: { rootDeviceName: string; snapshots: KnownSnapshots },
): BlockDeviceMapping[] {
  const { deviceName } = mapping;
  if (request.NoDevice !== undefined) return [];
  if (request.VirtualName) return [{ deviceName, virtualName: checkVirtualName(request.VirtualName) }];
  if (!request.Ebs && mapping.virtualName) return [mapping];
  if (request.Ebs?.SnapshotId && mapping.virtualName)
    throw invalidBlockDeviceMapping('snapshotId can only be modified on EBS devices');
  return [{ deviceName, ebs: settleEbs(deviceName, request.Ebs ?? {}, mapping.ebs, context) }];
}

function checkRoot(root: BlockDeviceMapping, request: BlockDeviceRequest | undefined): void {
  if (!request) return;
  if (request.NoDevice !== undefined || request.VirtualName)
    throw invalidBlockDeviceMapping(`The root device '${root.deviceName}' cannot be suppressed or replaced`);
  const snapshotId = request.Ebs?.SnapshotId;
  if (snapshotId && snapshotId !== root.ebs?.snapshotId)
    throw invalidBlockDeviceMapping('snapshotId cannot be modified on root device');
}
