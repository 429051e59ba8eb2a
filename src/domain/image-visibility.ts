import type { Image } from './image.ts';

type Shared = Pick<Image, 'ownerId' | 'launchPermissions' | 'state'>;

/** Everybody may launch it. */
export function isPublic(image: Pick<Image, 'launchPermissions'>): boolean {
  return image.launchPermissions.some(permission => 'group' in permission);
}

/** The owner granted this very account, which says more than being public. */
export function isGrantedTo(image: Pick<Image, 'launchPermissions'>, accountId: string): boolean {
  return image.launchPermissions.some(
    permission => 'userId' in permission && permission.userId === accountId,
  );
}

/** Own, or everybody's, or granted: what a launch asks, whatever the image's state. */
export function canLaunch(image: Shared, accountId: string): boolean {
  return image.ownerId === accountId || isPublic(image) || isGrantedTo(image, accountId);
}

/**
 * Whether the account may know that the image exists (spec C.5). A disabled or deregistered image is its owner's alone.
 */
export function canSee(image: Shared, accountId: string): boolean {
  if (image.ownerId === accountId) return true;
  return image.state !== 'disabled' && image.state !== 'deregistered' && canLaunch(image, accountId);
}

/** Deprecated since `now` or before: hidden in lists from all but the owner, yet it launches. */
export function isDeprecated(image: Pick<Image, 'deprecationTime'>, now: Date): boolean {
  return image.deprecationTime !== undefined && Date.parse(image.deprecationTime) <= now.getTime();
}
