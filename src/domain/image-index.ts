/**
 * Where an image is found in the records, and where a listing looks: the two halves of one agreement. Whoever changes
 * the keys of images that are already stored appends a migration that reindexes them.
 */
import type { Viewer } from './account.ts';
import type { Image, LaunchPermission } from './image.ts';
import type { KeyRange } from './key-range.ts';

const everybody = 'public';
const grantedTo = (grantee: string) => `grant/${grantee}`;
const from = (audience: string, ownerId: string) => `${audience}/of/${ownerId}`;
const own = (ownerId: string) => `owner/${ownerId}`;
const disabledOf = (ownerId: string) => `disabled/${ownerId}`;

/** Keys of what is looked up for its own sake, whoever may see it. */
export const usesSnapshot = (snapshotId: string) => `snapshot/${snapshotId}`;
export const copiedFrom = (imageId: string) => `source/${imageId}`;
export const soldAs = (productCode: string) => `product/${productCode}`;
export const madePublicBy = (ownerId: string) => from(everybody, ownerId);

/** Every key under which the image is found. A deregistered one is found by its id alone. */
export function imageIndexKeys(image: Image): string[] {
  if (image.state === 'deregistered') return [];
  const uses = image.blockDeviceMappings.flatMap(({ ebs }) =>
    ebs?.snapshotId ? [usesSnapshot(ebs.snapshotId)] : [],
  );
  const audiences = image.launchPermissions.map(audienceOf);
  // Nobody but the owner sees an image that has failed or is disabled.
  const isShown = image.state === 'available' || image.state === 'pending';
  return [
    ...new Set([
      image.state === 'disabled' ? disabledOf(image.ownerId) : own(image.ownerId),
      ...(isShown ? audiences : []),
      ...audiences.map(audience => from(audience, image.ownerId)),
      ...uses,
      ...(image.sourceImageId ? [copiedFrom(image.sourceImageId)] : []),
      ...image.productCodes.map(soldAs),
    ]),
  ];
}

function audienceOf(permission: LaunchPermission): string {
  if ('group' in permission) return everybody;
  if ('userId' in permission) return grantedTo(permission.userId);
  if ('organizationArn' in permission) return grantedTo(permission.organizationArn);
  return grantedTo(permission.organizationalUnitArn);
}

/**
 * Images in the order of listings: those that are deprecated, or will be, by that time and the others after them, each by
 * creation. So what is deprecated already is left out by beginning further on, however many there are.
 */
export function imagePlace(image: Pick<Image, 'imageId' | 'creationDate' | 'deprecationTime'>): string {
  const deprecation = image.deprecationTime ? new Date(image.deprecationTime).toISOString() : '~';
  return `${deprecation}/${image.creationDate}/${image.imageId}`;
}

/** Which images a listing is about. */
export interface ImageScope extends Viewer {
  /** Only of these owners. */
  owners: readonly string[] | undefined;
  /** Only what one of these may launch: `all`, the account itself, or another one (of the account's own images). */
  executableBy: readonly string[];
  includeDisabled: boolean;
  /** Other accounts' images that are deprecated at this time are left out; undefined leaves none out. */
  deprecatedBy: Date | undefined;
}

/** Where the images of a scope are: every one of them is in a range, and few others are. */
export function imageRanges(scope: ImageScope): KeyRange[] {
  const { accountId, owners, executableBy, deprecatedBy } = scope;
  const grants = [accountId, ...scope.memberOf].map(grantedTo);
  const foreign = owners?.filter(owner => owner !== accountId);
  // Own images are never left out for their age, so the ranges that may hold some begin at the start.
  const current = deprecatedBy && `${deprecatedBy.toISOString()}/~`;
  const shared = (audience: string): KeyRange[] =>
    foreign
      ? foreign.map(owner => ({ key: from(audience, owner), from: current }))
      : [{ key: audience, from: current }];
  const ownRanges = (keys: readonly string[]): KeyRange[] =>
    !owners || owners.includes(accountId) ? keys.map(key => ({ key })) : [];

  if (executableBy.length === 0)
    return [
      ...ownRanges([own(accountId), ...(scope.includeDisabled ? [disabledOf(accountId)] : [])]),
      ...[everybody, ...grants].flatMap(shared),
    ];
  return executableBy.flatMap(user => {
    if (user === 'all') return [...ownRanges([from(everybody, accountId)]), ...shared(everybody)];
    if (user === accountId) return grants.flatMap(shared);
    return ownRanges([from(grantedTo(user), accountId)]);
  });
}
