import { withoutDeprecation } from '../../domain/image-deprecation.ts';
import { ownedImage } from './find-image.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableImageDeprecation.html
 * A public image keeps the two years every public image has.
 */
export const disableImageDeprecation = operation('DisableImageDeprecation', async (input, context) => {
  await context.records.transaction(async records => {
    const image = await ownedImage(records, context.caller, input.ImageId);
    await records.images.put(withoutDeprecation(image));
  });
  return { Return: true };
});
