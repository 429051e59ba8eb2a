import { ApiError } from './errors.ts';
import type { LaunchPermission } from './image.ts';
import { invalidAttributeItem } from './image-errors.ts';

/** A launch permission as the API receives it: one of the four is set. */
export interface LaunchPermissionRequest {
  UserId?: string;
  Group?: string;
  OrganizationArn?: string;
  OrganizationalUnitArn?: string;
}

const organization = /^arn:([a-z-]+):organizations::\d{12}:organization\/o-[a-z0-9]{10,32}$/;
const organizationalUnit =
  /^arn:([a-z-]+):organizations::\d{12}:ou\/o-[a-z0-9]{10,32}\/ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/;

/**
 * @param partition the region's: nothing outside of it can be granted anything.
 * @throws InvalidAMIAttributeItemValue for what is no account id, not the group `all`, or no full ARN of the partition.
 */
export function parseLaunchPermission(request: LaunchPermissionRequest, partition = 'aws'): LaunchPermission {
  const isArn = (form: RegExp, arn: string) => form.exec(arn)?.[1] === partition;
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
    if (!isArn(organization, OrganizationArn)) throw invalidAttributeItem(OrganizationArn, 'organizationArn');
    return { organizationArn: OrganizationArn };
  }
  if (OrganizationalUnitArn) {
    if (!isArn(organizationalUnit, OrganizationalUnitArn))
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
