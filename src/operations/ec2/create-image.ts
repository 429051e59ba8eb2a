import type { BlockDeviceMapping } from '../../domain/block-device-mapping.ts';
import { requestedSnapshotIds } from '../../domain/block-device-request.ts';
import { devicesOfCreatedImage } from '../../domain/create-image.ts';
import { fail, missingParameter, unsupportedOperation } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import type { Image } from '../../domain/image.ts';
import { checkImageDescription } from '../../domain/image-name.ts';
import type { Instance } from '../../domain/instance.ts';
import { pendingSnapshot } from '../../domain/snapshot.ts';
import { settleTags } from '../../domain/tags.ts';
import { writeTags } from '../tagging.ts';
import { claimName, imageLocation, requiredName } from './image-name-claim.ts';
import { attachedVolumes, imageableInstance } from './imageable-instance.ts';
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
  const location = await imageLocation(context, name);

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
      imageLocation: location,
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
    sriovNetSupport: instance.sriovNetSupport ?? source?.sriovNetSupport,
    bootMode: source?.bootMode,
    tpmSupport: source?.tpmSupport,
    imdsSupport: source?.imdsSupport,
    kernelId: source?.kernelId,
    ramdiskId: source?.ramdiskId,
  };
}
