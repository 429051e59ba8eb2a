import type { Viewer } from '../../domain/account.ts';
import { fail, missingParameter } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import type { Image } from '../../domain/image.ts';
import { imageNotFound, imageUnavailable, notAuthorizedForImage } from '../../domain/image-errors.ts';
import { canSee } from '../../domain/image-visibility.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/**
 * An image the account may know of.
 * @throws InvalidAMIID.NotFound also for what is hidden from it, InvalidAMIID.Unavailable for its own deregistered one.
 */
export async function findImage(
  records: Pick<RegionReader, 'images'>,
  viewer: Viewer,
  imageId: string | undefined,
): Promise<Image> {
  const id = checkId('ami', imageId || fail(missingParameter('ImageId')));
  const image = await records.images.get(id);
  if (!image || !canSee(image, viewer)) throw imageNotFound([id]);
  if (image.state === 'deregistered') throw imageUnavailable(id);
  return image;
}

/** An image of the account's own. @throws AuthFailure for one it sees but does not own; as `findImage` else. */
export async function ownedImage(
  records: Pick<RegionReader, 'images'>,
  viewer: Viewer,
  imageId: string | undefined,
): Promise<Image> {
  const image = await findImage(records, viewer, imageId);
  if (image.ownerId !== viewer.accountId) throw notAuthorizedForImage(image.imageId);
  return image;
}
