import { imageInState } from '../../domain/image-errors.ts';
import { ownedImage } from './find-image.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImage.html
 * A disabled image is available again, to its owner alone.
 */
export const enableImage = operation('EnableImage', async (input, context) => {
  await context.records.transaction(async records => {
    const image = await ownedImage(records, context.caller, input.ImageId);
    if (image.state !== 'available' && image.state !== 'disabled')
      throw imageInState(image.imageId, image.state);
    await records.images.put({ ...image, state: 'available' });
  });
  return { Return: true };
});
