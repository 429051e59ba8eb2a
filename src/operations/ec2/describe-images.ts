import type { DescribeImagesRequest } from '@aws-sdk/client-ec2';
import { matcher, readsTags } from '../../domain/filters.ts';
import { checkId } from '../../domain/ids.ts';
import type { Image } from '../../domain/image.ts';
import { type ImageView, imageFilters } from '../../domain/image-filters.ts';
import { type ImageScope, imagePlace } from '../../domain/image-index.ts';
import { canSee } from '../../domain/image-visibility.ts';
import { pageLimit } from '../../domain/pages.ts';
import type { Tags } from '../../domain/tags.ts';
import { checkUserId } from '../../domain/user-id.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import type { Context } from '../context.ts';
import { type Listing, listPage, readerOf } from '../listing.ts';
import { pageTokens } from '../page-tokens.ts';
import { loadTags } from '../tagging.ts';
import { allowedImages } from './allowed-images.ts';
import { narrowedImages } from './image-narrowings.ts';
import { operation } from './operation.ts';
import { ownerAliases, ownerIds } from './owners.ts';
import { presentImage } from './present/image.ts';
import { imagesById, isWithin, scopeReader } from './visible-images.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
 * Ids, owners, who may launch and filters all narrow what the caller sees. An answer is in order of creation.
 */
export const describeImages = operation('DescribeImages', async (input, context) => {
  const { accountId } = context.caller;
  const { read } = context.records;
  const ids = [...new Set(input.ImageIds?.filter(id => id !== '').map(id => checkId('ami', id)))];
  const limit = pageLimit({
    MaxResults: input.MaxResults,
    least: 1,
    most: 1000,
    ids: { given: ids.length > 0, set: 'imageIdsSet' },
  });
  const { after, seal } = pageTokens(context, 'DescribeImages', input);
  const scope = await scopeOf(context, input, ids.length > 0);
  const aliasOf = await ownerAliases(context);
  const allowed = await allowedImages(read, context, await aliasedAccounts(context));
  const now = context.now();

  const viewOf = (image: Image): ImageView => ({
    image,
    ownerAlias: aliasOf(image.ownerId),
    imageAllowed: allowed.word(image),
  });
  let tagsOf: (imageId: string) => Tags = () => ({});
  const matches = matcher<ImageView>(input.Filters, imageFilters, view => tagsOf(view.image.imageId));
  const filterReadsTags = readsTags(input.Filters);
  const within = isWithin(scope);

  async function admit(images: Image[]): Promise<Image[]> {
    const seen = images
      .filter(allowed.permits)
      .filter(image => within(image) && canSee(image, context.caller));
    if (filterReadsTags) tagsOf = await loadTags(read, accountId, seen.map(idOf));
    return seen.filter(image => matches(viewOf(image)));
  }
  const found = ids.length
    ? await imagesById(read, context.caller, ids, allowed.permits)
    : await narrowedImages(read, accountId, input.Filters);
  const listing: Listing<Image> = {
    read: found ? readerOf(found, imagePlace) : scopeReader(read, scope),
    place: imagePlace,
    admit,
  };

  const { items, next } = await listPage(listing, after, limit);
  tagsOf = await loadTags(read, accountId, items.map(idOf));
  return {
    Images: items
      .sort(byCreation)
      .map(image => presentImage(viewOf(image), accountId, tagsOf(image.imageId), now)),
    NextToken: next && seal(next),
  };
});

const idOf = (image: Image) => image.imageId;

function byCreation(a: Image, b: Image): number {
  if (a.creationDate !== b.creationDate) return a.creationDate < b.creationDate ? -1 : 1;
  return a.imageId < b.imageId ? -1 : 1;
}

/** @throws InvalidUserID.Malformed */
async function scopeOf(context: Context, input: DescribeImagesRequest, byId: boolean): Promise<ImageScope> {
  const { accountId } = context.caller;
  return {
    accountId,
    memberOf: context.caller.memberOf,
    owners: await ownerIds(context, input.Owners),
    executableBy: (input.ExecutableUsers ?? [])
      .filter(user => user !== '')
      .map(user => (user === 'all' ? user : user === 'self' ? accountId : checkUserId(user))),
    includeDisabled: input.IncludeDisabled ?? false,
    // Asked for by its id a deprecated image is shown.
    deprecatedBy: input.IncludeDeprecated || byId ? undefined : context.now(),
  };
}
