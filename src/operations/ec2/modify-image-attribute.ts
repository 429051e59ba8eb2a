import type { Image } from '../../domain/image.ts';
import { type ImageAttributeChange, parseImageAttributeChange } from '../../domain/image-attribute-change.ts';
import { invalidAttributeItem } from '../../domain/image-errors.ts';
import { isPublic } from '../../domain/image-visibility.ts';
import {
  changeLaunchPermissions,
  checkSharing,
  type LaunchPermissionChange,
  publicDeprecationTime,
} from '../../domain/launch-permission.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Accounts } from '../context.ts';
import { ownedImage } from './find-image.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html
 * Either the whole request is applied or nothing of it.
 */
export const modifyImageAttribute = operation('ModifyImageAttribute', async (input, context) => {
  const { accountId } = context.caller;
  const found = await ownedImage(context.records.read, accountId, input.ImageId);
  const change = parseImageAttributeChange(input);
  if (change.attribute === 'launchPermission') await checkGrantees(context.accounts, change);

  await context.records.transaction(async records => {
    const image = await ownedImage(records, accountId, found.imageId);
    await records.images.put(await changed(records, image, change));
  });
  return {};
});

async function changed(records: RegionReader, image: Image, change: ImageAttributeChange): Promise<Image> {
  switch (change.attribute) {
    case 'description':
      return { ...image, description: change.description || undefined };
    case 'imdsSupport':
      return { ...image, imdsSupport: 'v2.0' };
    case 'launchPermission': {
      checkSharing(image, change.add, await isEncrypted(records, image));
      const launchPermissions = changeLaunchPermissions(image.launchPermissions, change);
      const published = isPublic({ launchPermissions }) && !isPublic(image);
      return {
        ...image,
        launchPermissions,
        ...(published && { deprecationTime: publicDeprecationTime(image) }),
      };
    }
  }
}

/** A grant to an account nobody has would be a typing error that shows only when the launch fails. */
async function checkGrantees(accounts: Accounts, change: LaunchPermissionChange): Promise<void> {
  for (const permission of change.add)
    if ('userId' in permission && !(await accounts.get(permission.userId)))
      throw invalidAttributeItem(permission.userId, 'userId');
}

async function isEncrypted(records: RegionReader, image: Image): Promise<boolean> {
  const ids = image.blockDeviceMappings.flatMap(mapping => mapping.ebs?.snapshotId ?? []);
  const snapshots = await records.snapshots.getMany(ids);
  return snapshots.some(snapshot => snapshot.encrypted);
}
