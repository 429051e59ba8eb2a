import type { ImageAncestryEntry } from '@aws-sdk/client-ec2';
import type { Image } from '../../domain/image.ts';
import { canSee, isPublic } from '../../domain/image-visibility.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import { allowedImages, checkAllowed } from './allowed-images.ts';
import { findImage } from './find-image.ts';
import { operation } from './operation.ts';

const longest = 50;

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetImageAncestry.html
 * From the image to its root: one without a recorded source, a public one of an aliased owner, or the fiftieth. A source the
 * caller does not see, or in another region, is named by the image before it and not followed.
 */
export const getImageAncestry = operation('GetImageAncestry', async (input, context) => {
  const { read } = context.records;
  const accounts = await aliasedAccounts(context);
  const aliases = new Map([...accounts].map(([alias, id]) => [id, alias]));
  let image: Image | undefined = await findImage(read, context.caller, input.ImageId);
  checkAllowed(await allowedImages(read, context, accounts), image);

  const entries: ImageAncestryEntry[] = [];
  const seen = new Set<string>();
  while (image && !seen.has(image.imageId) && entries.length < longest) {
    const alias = aliases.get(image.ownerId);
    seen.add(image.imageId);
    entries.push({
      CreationDate: new Date(image.creationDate),
      ImageId: image.imageId,
      ImageOwnerAlias: alias,
      SourceImageId: image.sourceImageId,
      SourceImageRegion: image.sourceImageRegion,
    });
    if (!image.sourceImageId || (alias && isPublic(image))) break;
    if (image.sourceImageRegion !== context.region.name) break;
    const source: Image | undefined = await read.images.get(image.sourceImageId);
    image = source && canSee(source, context.caller) ? source : undefined;
  }
  return { ImageAncestryEntries: entries };
});
