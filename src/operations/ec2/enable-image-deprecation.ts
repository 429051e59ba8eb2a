import { settleDeprecation } from '../../domain/image-deprecation.ts';
import { ownedImage } from './find-image.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeprecation.html
 * A deprecated image is left out of others' listings and launches on.
 */
export const enableImageDeprecation = operation('EnableImageDeprecation', async (input, context) => {
  await context.records.transaction(async records => {
    const image = await ownedImage(records, context.caller, input.ImageId);
    const deprecationTime = settleDeprecation(image, input.DeprecateAt, context.now());
    await records.images.put({ ...image, deprecationTime });
  });
  return { Return: true };
});
