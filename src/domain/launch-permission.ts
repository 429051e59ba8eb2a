import { ApiError, operationNotPermitted } from './errors.ts';
import type { Image, LaunchPermission } from './image.ts';
import { invalidAttributeItem } from './image-errors.ts';

/** A launch permission as the API receives it: one of the four is set. */
export interface LaunchPermissionRequest {
  UserId?: string;
  Group?: string;
  OrganizationArn?: string;
  OrganizationalUnitArn?: string;
}

const organization = /^arn:[\w-]+:organizations::\d{12}:organization\/o-[a-z0-9]{10,32}$/;
const organizationalUnit =
  /^arn:[\w-]+:organizations::\d{12}:ou\/o-[a-z0-9]{10,32}\/ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/;

/** @throws InvalidAMIAttributeItemValue for what is no account id, not the group `all`, or no full ARN. */
export function parseLaunchPermission(request: LaunchPermissionRequest): LaunchPermission {
  const { UserId, Group, OrganizationArn, OrganizationalUnitArn } = request;
  if ([UserId, Group, OrganizationArn, OrganizationalUnitArn].filter(Boolean).length > 1)
    throw new ApiError(
      'InvalidParameterCombination',
      'A launch permission names one of UserId, Group, OrganizationArn and OrganizationalUnitArn.',
    );
  if (Group) {
    if (Group !== 'all') throw invalidAttributeItem(Group, 'userGroup');
    return { group: 'all' };
  }
  if (OrganizationArn) {
    if (!organization.test(OrganizationArn)) throw invalidAttributeItem(OrganizationArn, 'organizationArn');
    return { organizationArn: OrganizationArn };
  }
  if (OrganizationalUnitArn) {
    if (!organizationalUnit.test(OrganizationalUnitArn))
      throw invalidAttributeItem(OrganizationalUnitArn, 'organizationalUnitArn');
    return { organizationalUnitArn: OrganizationalUnitArn };
  }
  if (!/^\d{12}$/.test(UserId ?? '')) throw invalidAttributeItem(UserId ?? '', 'userId');
  return { userId: UserId! };
}

export interface LaunchPermissionChange {
  add: readonly LaunchPermission[];
  remove: readonly LaunchPermission[];
}

/** Adds first, then removes; what is already there, or already gone, is no error (spec C.6, H5). */
export function changeLaunchPermissions(
  present: readonly LaunchPermission[],
  { add, remove }: LaunchPermissionChange,
): LaunchPermission[] {
  const byKey = new Map([...present, ...add].map(permission => [keyOf(permission), permission]));
  for (const permission of remove) byKey.delete(keyOf(permission));
  return [...byKey.values()];
}

const keyOf = (permission: LaunchPermission) => Object.entries(permission).flat().join(' ');

/**
 * Refuses grants the image may not have: any on a disabled or encrypted image, everybody on one with product codes.
 * @param encrypted whether any of its snapshots is, with the account's default key.
 * @throws OperationNotPermitted, IncorrectState
 */
export function checkSharing(
  image: Pick<Image, 'imageId' | 'state' | 'productCodes'>,
  added: readonly LaunchPermission[],
  encrypted: boolean,
): void {
  if (added.length === 0) return;
  if (image.state === 'disabled')
    throw new ApiError('IncorrectState', `The image '${image.imageId}' is disabled and cannot be shared.`);
  const toAll = added.some(permission => 'group' in permission);
  if (encrypted)
    throw operationNotPermitted(
      toAll
        ? `The image '${image.imageId}' has encrypted snapshots and cannot be made public.`
        : `The image '${image.imageId}' has snapshots encrypted with the account's default key and cannot be shared.`,
    );
  if (toAll && image.productCodes.length > 0)
    throw operationNotPermitted(`The image '${image.imageId}' has product codes and cannot be made public.`);
}

/** A public image is deprecated two years after its creation, unless its owner set an earlier time (spec C.6). */
export function publicDeprecationTime(image: Pick<Image, 'creationDate' | 'deprecationTime'>): string {
  const latest = new Date(image.creationDate);
  latest.setUTCFullYear(latest.getUTCFullYear() + 2);
  const { deprecationTime } = image;
  return deprecationTime && Date.parse(deprecationTime) < latest.getTime()
    ? deprecationTime
    : latest.toISOString();
}
