import { invalidParameterValue } from '../../domain/errors.ts';
import { imageNotFound } from '../../domain/image-errors.ts';
import { page } from '../../domain/pages.ts';
import { operation } from './operation.ts';
import { idList } from './request.ts';

const mostIds = 20;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ListImagesInRecycleBin.html */
export const listImagesInRecycleBin = operation('ListImagesInRecycleBin', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const ids = idList('ami', input.ImageIds);
  if (ids.length > mostIds)
    throw invalidParameterValue(`At most ${mostIds} images can be named by one request.`);
  const own = await context.records.read.binnedImages.list({ ownerId });
  const known = new Set(own.map(({ image }) => image.imageId));
  const unknown = ids.filter(id => !known.has(id));
  if (unknown.length > 0) throw imageNotFound(unknown);
  const shown = own.filter(({ image }) => ids.length === 0 || ids.includes(image.imageId));
  const { items, NextToken } = page(shown, ({ image }) => image.imageId, {
    action: 'ListImagesInRecycleBin',
    MaxResults: input.MaxResults,
    NextToken: input.NextToken || undefined,
    ...{ least: 1, most: 1000 },
  });
  return {
    Images: items.map(({ image, enterTime, exitTime }) => ({
      ImageId: image.imageId,
      Name: image.name,
      Description: image.description,
      RecycleBinEnterTime: new Date(enterTime),
      RecycleBinExitTime: new Date(exitTime),
    })),
    NextToken,
  };
});
