import type { BlockDeviceMapping } from '../../domain/block-device-mapping.ts';
import { requestedSnapshotIds } from '../../domain/block-device-request.ts';
import { devicesOfCreatedImage } from '../../domain/create-image.ts';
import {
  ApiError,
  fail,
  invalidParameterValue,
  missingParameter,
  unsupportedOperation,
} from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import type { Image } from '../../domain/image.ts';
import { checkImageDescription } from '../../domain/image-name.ts';
import type { Instance } from '../../domain/instance.ts';
import { instanceNotFound } from '../../domain/instance-errors.ts';
import { pendingSnapshot } from '../../domain/snapshot.ts';
import { settleTags } from '../../domain/tags.ts';
import type { Volume } from '../../domain/volume.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { writeTags } from '../tagging.ts';
import { claimName, requiredName } from './image-name-claim.ts';
import { operation } from './operation.ts';
import { ownSnapshots } from './own-snapshots.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
 * The image and its snapshots are pending; a job takes all volumes at one moment, with the instance down unless NoReboot.
 */
export const createImage = operation('CreateImage', async (input, context) => {
  const { accountId } = context.caller;
  const instanceId = checkId('i', input.InstanceId || fail(missingParameter('InstanceId')));
  const name = requiredName(input.Name);
  const description = checkImageDescription(input.Description ?? '') || undefined;
  const tags = settleTags(input.TagSpecifications, ['image', 'snapshot']);
  if (input.BootModeOverride)
    throw unsupportedOperation('An image keeps the boot mode of its source: leave BootModeOverride out.');
  if (input.SnapshotLocation === 'local')
    throw unsupportedOperation('Snapshots are kept in the region: leave SnapshotLocation out.');
  const requests = input.BlockDeviceMappings;

  const created = await context.records.transaction(async records => {
    const instance = await imageableInstance(records, accountId, instanceId);
    const volumes = await attachedVolumes(records, instance);
    const source = await records.images.get(instance.imageId);
    const devices = devicesOfCreatedImage(
      volumes,
      source?.blockDeviceMappings.filter(mapping => mapping.virtualName) ?? [],
      requests,
      {
        rootDeviceName: instance.rootDeviceName,
        virtualizationType: instance.virtualizationType,
        snapshots: await ownSnapshots(records, accountId, requestedSnapshotIds(requests)),
      },
    );
    await claimName(records, accountId, name);

    const imageId = context.newId('ami');
    const now = context.now().toISOString();
    const taken: BlockDeviceMapping[] = [];
    for (const { volume, deviceName, deleteOnTermination } of devices.volumes) {
      const snapshot = pendingSnapshot(
        context.newId('snap'),
        volume,
        now,
        `Created by CreateImage(${instanceId}) for ${imageId}`,
      );
      await records.snapshots.put(snapshot);
      await writeTags(records, accountId, { id: snapshot.snapshotId, type: 'snapshot' }, tags.snapshot);
      taken.push({
        deviceName,
        ebs: {
          snapshotId: snapshot.snapshotId,
          volumeSize: volume.size,
          volumeType: volume.volumeType,
          deleteOnTermination,
          encrypted: volume.encrypted,
          iops: volume.iops,
          throughput: volume.throughput,
        },
      });
    }
    const image: Image = {
      ...inherited(instance, source),
      imageId,
      ownerId: accountId,
      name,
      description,
      state: 'pending',
      creationDate: now,
      imageLocation: `${accountId}/${name}`,
      blockDeviceMappings: [...taken, ...devices.others],
      launchPermissions: [],
      sourceInstanceId: instanceId,
      sourceImageId: instance.imageId,
      sourceImageRegion: context.region.name,
    };
    await records.images.put(image);
    await writeTags(records, accountId, { id: imageId, type: 'image' }, tags.image);
    await context.jobs.enqueue(records, 'create-image', instanceId, {
      imageId,
      instanceId,
      reboot: instance.state === 'running' && !input.NoReboot,
    });
    return image;
  });
  context.jobs.wake();
  return { ImageId: created.imageId };
});

/** What an image takes over from the instance, or through it from the image it was launched from. */
function inherited(instance: Instance, source: Image | undefined) {
  return {
    architecture: instance.architecture,
    virtualizationType: instance.virtualizationType,
    rootDeviceType: instance.rootDeviceType,
    rootDeviceName: instance.rootDeviceName,
    platformDetails: instance.platformDetails,
    usageOperation: instance.usageOperation,
    productCodes: instance.productCodes,
    enaSupport: instance.enaSupport,
    sriovNetSupport: source?.sriovNetSupport,
    bootMode: source?.bootMode,
    tpmSupport: source?.tpmSupport,
    imdsSupport: source?.imdsSupport,
    kernelId: source?.kernelId,
    ramdiskId: source?.ramdiskId,
  };
}

async function imageableInstance(
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

/** The root volume first, then the others by device name. */
async function attachedVolumes(records: RegionReader, instance: Instance): Promise<Volume[]> {
  const { instanceId, rootDeviceName } = instance;
  const volumes = (await records.volumes.list({ instanceId })).filter(
    volume => volume.attachment?.state === 'attached',
  );
  const deviceOf = (volume: Volume) => volume.attachment!.device;
  const root = volumes.find(volume => deviceOf(volume) === rootDeviceName);
  if (!root) throw noRoot(instanceId, rootDeviceName);
  const data = volumes.filter(volume => volume !== root);
  return [root, ...data.sort((a, b) => (deviceOf(a) < deviceOf(b) ? -1 : 1))];
}

const noRoot = (instanceId: string, device: string) =>
  invalidParameterValue(
    `Value (${instanceId}) for parameter InstanceId is invalid. Instance does not have a volume attached at root (${device}).`,
  );
