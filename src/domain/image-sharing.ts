import { publicImagesBlocked } from './account-settings.ts';
import { ApiError, operationNotPermitted } from './errors.ts';
import type { Image, LaunchPermission } from './image.ts';
import type { Snapshot } from './snapshot.ts';

/** Accounts, organisations and units one image may be shared with. */
const mostShares = 1000;
/** Public images of one account in one region. Amazon's own aliased accounts have no such limit. */
const mostPublicImages = 5;

/** What is known of an image beside its record when it is shared. */
export interface Sharing {
  snapshots: readonly Pick<Snapshot, 'encrypted'>[];
  /** One of them is encrypted with a key managed by AWS. */
  underDefaultKey: boolean;
  publicBlocked: boolean;
  /** Other public images of the owner's; undefined where there is no limit. */
  otherPublicImages?: number;
}

/**
 * Refuses grants the image may not have (spec C.6).
 * @param present the grants it has had until now.
 * @throws OperationNotPermitted, IncorrectState, ResourceLimitExceeded
 */
export function checkSharing(
  image: Pick<Image, 'imageId' | 'state' | 'productCodes' | 'launchPermissions'>,
  present: readonly LaunchPermission[],
  added: readonly LaunchPermission[],
  { snapshots, underDefaultKey, publicBlocked, otherPublicImages = 0 }: Sharing,
): void {
  if (added.length === 0) return;
  if (image.state === 'disabled')
    throw new ApiError('IncorrectState', `The image '${image.imageId}' is disabled and cannot be shared.`);
  if (image.state === 'failed')
    throw new ApiError('IncorrectState', `The image '${image.imageId}' has failed and cannot be shared.`);
  const isToAll = (permission: LaunchPermission) => 'group' in permission;
  if (added.some(isToAll)) {
    if (publicBlocked) throw publicImagesBlocked();
    if (snapshots.some(snapshot => snapshot.encrypted))
      throw operationNotPermitted(
        `The image '${image.imageId}' has encrypted snapshots and cannot be made public.`,
      );
    if (image.productCodes.length > 0)
      throw operationNotPermitted(
        `The image '${image.imageId}' has product codes and cannot be made public.`,
      );
    if (!present.some(isToAll) && otherPublicImages >= mostPublicImages)
      throw new ApiError(
        'ResourceLimitExceeded',
        `You have reached the limit of ${mostPublicImages} public images in this region.`,
      );
  }
  if (underDefaultKey)
    throw operationNotPermitted(
      `The image '${image.imageId}' has snapshots encrypted with the account's default key and cannot be shared.`,
    );
  if (image.launchPermissions.filter(permission => !isToAll(permission)).length > mostShares)
    throw new ApiError(
      'ResourceLimitExceeded',
      `The image '${image.imageId}' can be shared with at most ${mostShares} accounts, organizations and organizational units.`,
    );
}
