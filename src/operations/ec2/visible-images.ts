import type { Viewer } from '../../domain/account.ts';
import type { Image } from '../../domain/image.ts';
import { imageNotFound } from '../../domain/image-errors.ts';
import { canSee } from '../../domain/image-visibility.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/** States in which another account's image can be seen at all. */
const shareable = ['available', 'pending'];

/**
 * Every image the account sees: its own, those granted to it, the public ones. Deregistered ones are left out.
 * @param owners only images of these accounts.
 */
export async function visibleImages(
  records: RegionReader,
  viewer: Viewer,
  owners?: readonly string[],
): Promise<Image[]> {
  const { accountId } = viewer;
  const asksOwn = owners?.includes(accountId) ?? true;
  const foreign = owners?.filter(owner => owner !== accountId);
  const [own, others] = await Promise.all([
    asksOwn ? records.images.list({ ownerId: accountId }) : [],
    foreign?.length === 0
      ? []
      : records.images.list(foreign ? { ownerId: foreign, state: shareable } : { state: shareable }),
  ]);
  return [
    ...own.filter(image => image.state !== 'deregistered'),
    ...others.filter(image => image.ownerId !== accountId && canSee(image, viewer)),
  ];
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
  return seen.filter(image => image.state !== 'deregistered');
}
