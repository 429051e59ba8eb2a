import type { AccountSettings } from '../../domain/account-settings.ts';
import type { Image } from '../../domain/image.ts';
import { type ImageAttributeChange, parseImageAttributeChange } from '../../domain/image-attribute-change.ts';
import { publicDeprecationTime } from '../../domain/image-deprecation.ts';
import { invalidAttributeItem } from '../../domain/image-errors.ts';
import { madePublicBy } from '../../domain/image-index.ts';
import { checkSharing } from '../../domain/image-sharing.ts';
import { isPublic } from '../../domain/image-visibility.ts';
import { changeLaunchPermissions, type LaunchPermissionChange } from '../../domain/launch-permission.ts';
import { partitionOf } from '../../domain/partition.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { isUnderDefaultKey } from '../../domain/snapshot-permission.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Accounts } from '../context.ts';
import { keyOfSnapshot } from '../kms-keys.ts';
import { defaultSettings, settingsOf } from './account-settings.ts';
import { ownedImage } from './find-image.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html
 * Either the whole request is applied or nothing of it.
 */
export const modifyImageAttribute = operation('ModifyImageAttribute', async (input, context) => {
  const found = await ownedImage(context.records.read, context.caller, input.ImageId);
  const change = parseImageAttributeChange(input, partitionOf(context.region.name));
  if (change.attribute === 'launchPermission') await checkGrantees(context.accounts, change);

  const defaults = await defaultSettings(context);
  const isPublisher = (await context.accounts.get(context.caller.accountId))?.alias !== undefined;

  await context.records.transaction(async records => {
    const image = await ownedImage(records, context.caller, found.imageId);
    if (change.attribute === 'launchPermission')
      await records.images.put(await shared(records, image, change, { defaults, isPublisher }));
    else await records.images.put(changed(image, change));
  });
  return {};
});

function changed(
  image: Image,
  change: Exclude<ImageAttributeChange, { attribute: 'launchPermission' }>,
): Image {
  return change.attribute === 'description'
    ? { ...image, description: change.description || undefined }
    : { ...image, imdsSupport: 'v2.0' };
}

/** The image with its launch permissions changed; one that becomes public gets its two years. */
async function shared(
  records: RegionReader,
  image: Image,
  change: LaunchPermissionChange,
  owner: { defaults: Required<AccountSettings>; isPublisher: boolean },
): Promise<Image> {
  const launchPermissions = changeLaunchPermissions(image.launchPermissions, change);
  const ids = image.blockDeviceMappings.flatMap(mapping => mapping.ebs?.snapshotId ?? []);
  const snapshots = await records.snapshots.getMany(ids);
  const publishes = isPublic({ launchPermissions: [...change.add] });
  const { imageBlockPublicAccess } = await settingsOf(records, owner.defaults);
  checkSharing({ ...image, launchPermissions }, image.launchPermissions, change.add, {
    snapshots,
    underDefaultKey: await anyUnderDefaultKey(records, snapshots),
    publicBlocked: imageBlockPublicAccess !== 'unblocked',
    ...(publishes && !owner.isPublisher && { otherPublicImages: await publicImages(records, image.ownerId) }),
  });
  const published = isPublic({ launchPermissions }) && !isPublic(image);
  return { ...image, launchPermissions, ...(published && { deprecationTime: publicDeprecationTime(image) }) };
}

async function anyUnderDefaultKey(records: RegionReader, snapshots: readonly Snapshot[]): Promise<boolean> {
  for (const snapshot of snapshots)
    if (isUnderDefaultKey(snapshot, await keyOfSnapshot(records, snapshot))) return true;
  return false;
}

/** Those that have failed do not count, and are few. */
async function publicImages(records: RegionReader, ownerId: string): Promise<number> {
  const images = await records.images.under([{ key: madePublicBy(ownerId) }], { limit: 1_000 });
  return images.filter(({ state }) => state === 'pending' || state === 'available').length;
}

/** A grant to an account nobody has would be a typing error that shows only when the launch fails. */
async function checkGrantees(accounts: Accounts, change: LaunchPermissionChange): Promise<void> {
  for (const permission of change.add)
    if ('userId' in permission && !(await accounts.get(permission.userId)))
      throw invalidAttributeItem(permission.userId, 'userId');
}
