import { imageInState } from '../../domain/image-errors.ts';
import { ownedImage } from './find-image.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableImage.html
 * Nobody launches, copies or shares it any more, and its launch permissions are gone for good; its instances run on.
 */
export const disableImage = operation('DisableImage', async (input, context) => {
  await context.records.transaction(async records => {
    const image = await ownedImage(records, context.caller, input.ImageId);
    if (image.state !== 'available' && image.state !== 'disabled')
      throw imageInState(image.imageId, image.state);
    await records.images.put({ ...image, state: 'disabled', launchPermissions: [] });
  });
  return { Return: true };
});
