import { rootSnapshotId } from '../../domain/block-device-mapping.ts';
import { requestedSnapshotIds } from '../../domain/block-device-request.ts';
import { settleBlockDevices } from '../../domain/block-device-settle.ts';
import { platformOfDisk } from '../../domain/disk-facts.ts';
import { checkDiskFits } from '../../domain/disk-fit.ts';
import { invalidParameterCombination, unsupportedOperation } from '../../domain/errors.ts';
import type { Image } from '../../domain/image.ts';
import { checkImageDescription } from '../../domain/image-name.ts';
import { settleMachine } from '../../domain/register-image.ts';
import { settleTags } from '../../domain/tags.ts';
import { writeDiskTag } from '../../jobs/disk-tag.ts';
import { writeTags } from '../tagging.ts';
import { claimName, imageLocation, requiredName } from './image-name-claim.ts';
import { operation } from './operation.ts';
import { ownSnapshots } from './own-snapshots.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html
 * Makes an EBS image of snapshots that are the caller's own; it is available at once.
 */
export const registerImage = operation('RegisterImage', async (input, context) => {
  const { accountId } = context.caller;
  const name = requiredName(input.Name);
  const description = checkImageDescription(input.Description ?? '') || undefined;
  const tags = settleTags(input.TagSpecifications, ['image']);
  if (input.ImageLocation)
    throw unsupportedOperation(
      'Registering an instance-store image from ImageLocation is not served yet. Register an image from a snapshot of its root volume instead.',
    );
  const requests = input.BlockDeviceMappings;
  if (!input.RootDeviceName && !requests?.length)
    throw invalidParameterCombination('Either imageLocation or rootDeviceName must be set.');
  const machine = settleMachine(input);
  const location = await imageLocation(context, name);
  const rootDeviceName = input.RootDeviceName || '/dev/sda1';

  const image = await context.records.transaction(async records => {
    const snapshots = await ownSnapshots(records, accountId, requestedSnapshotIds(requests));
    const blockDeviceMappings = settleBlockDevices(requests, {
      rootDeviceName,
      virtualizationType: machine.virtualizationType,
      snapshots,
    });
    const root = snapshots.get(rootSnapshotId(blockDeviceMappings, rootDeviceName) ?? '');
    checkDiskFits(input, root);
    await claimName(records, accountId, name);
    const registered: Image = {
      imageId: context.newId('ami'),
      ownerId: accountId,
      name,
      description,
      state: 'available',
      creationDate: context.now().toISOString(),
      imageLocation: location,
      ...machine,
      rootDeviceType: 'ebs',
      rootDeviceName,
      blockDeviceMappings,
      launchPermissions: [],
      ...platformOfDisk(root?.disk),
      productCodes: [...new Set([...snapshots.values()].flatMap(snapshot => snapshot.productCodes))],
    };
    await records.images.put(registered);
    await writeTags(records, accountId, { id: registered.imageId, type: 'image' }, tags.image);
    await writeDiskTag(records, accountId, { id: registered.imageId, type: 'image' }, root?.disk);
    return registered;
  });
  return { ImageId: image.imageId };
});
