import type { Viewer } from '../../domain/account.ts';
import { matcher } from '../../domain/filters.ts';
import { checkId } from '../../domain/ids.ts';
import type { Image } from '../../domain/image.ts';
import { type ImageView, imageFilters } from '../../domain/image-filters.ts';
import { isDeprecated, isGrantedByName, isGrantedTo, isPublic } from '../../domain/image-visibility.ts';
import { page } from '../../domain/pages.ts';
import { checkUserId } from '../../domain/user-id.ts';
import { aliasedAccounts } from '../aliased-accounts.ts';
import { loadTags } from '../tagging.ts';
import { allowedImages } from './allowed-images.ts';
import { operation } from './operation.ts';
import { ownerAliases, ownerIds } from './owners.ts';
import { presentImage } from './present/image.ts';
import { imagesById, visibleImages } from './visible-images.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
export const describeImages = operation('DescribeImages', async (input, context) => {
  const { accountId } = context.caller;
  const ids = [...new Set(input.ImageIds?.filter(id => id !== '').map(id => checkId('ami', id)))];
  const owners = await ownerIds(context, input.Owners);
  const isExecutable = executableBy(input.ExecutableUsers, context.caller);
  const now = context.now();
  const allowed = await allowedImages(context.records.read, context, await aliasedAccounts(context));

  const found = ids.length
    ? await imagesById(context.records.read, context.caller, ids, allowed.permits)
    : await visibleImages(context.records.read, context.caller, owners);
  const shown = found
    .filter(allowed.permits)
    .filter(image => !owners || owners.includes(image.ownerId))
    .filter(isExecutable)
    .filter(image => input.IncludeDisabled || image.state !== 'disabled')
    .filter(
      image =>
        input.IncludeDeprecated || ids.length > 0 || image.ownerId === accountId || !isDeprecated(image, now),
    );

  const imageIds = shown.map(image => image.imageId);
  const tagsOf = await loadTags(context.records.read, accountId, imageIds);
  const aliasOf = await ownerAliases(
    context,
    shown.map(image => image.ownerId),
  );
  const matches = matcher<ImageView>(input.Filters, imageFilters, view => tagsOf(view.image.imageId));
  const matching = shown
    .map(
      (image): ImageView => ({
        image,
        ownerAlias: aliasOf(image.ownerId),
        imageAllowed: allowed.word(image),
      }),
    )
    .filter(matches)
    .sort((a, b) => (byCreation(a) < byCreation(b) ? -1 : 1));

  const { items, NextToken } = page(matching, byCreation, {
    action: 'DescribeImages',
    MaxResults: input.MaxResults,
    NextToken: input.NextToken || undefined,
    least: 1,
    most: 1000,
    ids: { given: ids.length > 0, set: 'imageIdsSet' },
  });
  return {
    Images: items.map(view => presentImage(view, accountId, tagsOf(view.image.imageId), now)),
    NextToken,
  };
});

const byCreation = ({ image }: ImageView) => `${image.creationDate}/${image.imageId}`;

/**
 * Images by who may launch them: `self` those granted to the caller or an organisation it is in, `all` the public ones, another account
 * those of the caller's own that are granted to it, since nobody else's permissions are the caller's to see (spec C.5).
 */
function executableBy(users: readonly string[] | undefined, viewer: Viewer): (image: Image) => boolean {
  const { accountId } = viewer;
  const tests = (users ?? [])
    .filter(user => user !== '')
    .map((user): ((image: Image) => boolean) => {
      if (user === 'all') return isPublic;
      const grantee = user === 'self' ? accountId : checkUserId(user);
      if (grantee === accountId) return image => image.ownerId !== accountId && isGrantedTo(image, viewer);
      return image => image.ownerId === accountId && isGrantedByName(image, grantee);
    });
  return image => tests.length === 0 || tests.some(matches => matches(image));
}
