import type { Viewer } from '../../domain/account.ts';
import type { Image } from '../../domain/image.ts';
import { imageNotFound } from '../../domain/image-errors.ts';
import { type ImageScope, imagePlace, imageRanges } from '../../domain/image-index.ts';
import {
  canSee,
  isDeprecated,
  isGrantedByName,
  isGrantedTo,
  isPublic,
} from '../../domain/image-visibility.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Listing } from '../listing.ts';

/** Reads what a listing is about from where the records keep it together. */
export function scopeReader(records: RegionReader, scope: ImageScope): Listing<Image>['read'] {
  const ranges = imageRanges(scope);
  return (after, limit) => records.images.under(ranges, after === undefined ? { limit } : { after, limit });
}

/** Whether an image the account may see is one the listing is about. */
export function isWithin(scope: ImageScope): (image: Image) => boolean {
  const { accountId, owners, executableBy, includeDisabled, deprecatedBy } = scope;
  return image => {
    const isOwn = image.ownerId === accountId;
    if (owners && !owners.includes(image.ownerId)) return false;
    if (image.state === 'deregistered' || (image.state === 'disabled' && !includeDisabled)) return false;
    if (!isOwn && deprecatedBy && isDeprecated(image, deprecatedBy)) return false;
    return executableBy.length === 0 || executableBy.some(user => isExecutableBy(image, scope, user));
  };
}

/**
 * `all` may launch what is public; the account itself what others granted to it or an organisation it is in; another account is asked about for
 * the account's own images, since nobody else's permissions are the caller's to see (spec C.5).
 */
function isExecutableBy(image: Image, viewer: Viewer, user: string): boolean {
  if (user === 'all') return isPublic(image);
  if (user === viewer.accountId) return image.ownerId !== user && isGrantedTo(image, viewer);
  return image.ownerId === viewer.accountId && isGrantedByName(image, user);
}

/**
 * The images of these ids. An own one that was deregistered is left out without an error (spec C.5).
 * @param permits what the account wants to know of: see `AllowedImages`.
 * @throws InvalidAMIID.NotFound naming every id that is unknown to the account.
 */
export async function imagesById(
  records: RegionReader,
  viewer: Viewer,
  ids: readonly string[],
  permits: (image: Image) => boolean,
): Promise<Image[]> {
  const seen = (await records.images.getMany(ids)).filter(image => canSee(image, viewer) && permits(image));
  const known = new Set(seen.map(image => image.imageId));
  const unknown = ids.filter(id => !known.has(id));
  if (unknown.length > 0) throw imageNotFound(unknown);
  return seen.sort((a, b) => (imagePlace(a) < imagePlace(b) ? -1 : 1));
}
