import type { Viewer } from './account.ts';
import type { Image } from './image.ts';

type Shared = Pick<Image, 'ownerId' | 'launchPermissions' | 'state'>;

/** Everybody may launch it. */
export function isPublic(image: Pick<Image, 'launchPermissions'>): boolean {
  return image.launchPermissions.some(permission => 'group' in permission);
}

/** The owner granted this account, or an organisation or unit it is in: which says more than being public. */
export function isGrantedTo(image: Pick<Image, 'launchPermissions'>, viewer: Viewer): boolean {
  return image.launchPermissions.some(permission => {
    if ('userId' in permission) return permission.userId === viewer.accountId;
    if ('organizationArn' in permission) return viewer.memberOf.includes(permission.organizationArn);
    if ('organizationalUnitArn' in permission)
      return viewer.memberOf.includes(permission.organizationalUnitArn);
    return false;
  });
}

/** The owner granted this very account by its id. */
export function isGrantedByName(image: Pick<Image, 'launchPermissions'>, accountId: string): boolean {
  return isGrantedTo(image, { accountId, memberOf: [] });
}

/** Own, or everybody's, or granted: what a launch asks, whatever the image's state. */
export function canLaunch(image: Shared, viewer: Viewer): boolean {
  return image.ownerId === viewer.accountId || isPublic(image) || isGrantedTo(image, viewer);
}

/**
 * Whether the account may know that the image exists (spec C.5). What can no longer be launched, or never could, is its
 * owner's alone.
 */
export function canSee(image: Shared, viewer: Viewer): boolean {
  if (image.ownerId === viewer.accountId) return true;
  return (image.state === 'available' || image.state === 'pending') && canLaunch(image, viewer);
}

/** Deprecated since `now` or before: hidden in lists from all but the owner, yet it launches. */
export function isDeprecated(image: Pick<Image, 'deprecationTime'>, now: Date): boolean {
  return image.deprecationTime !== undefined && Date.parse(image.deprecationTime) <= now.getTime();
}
