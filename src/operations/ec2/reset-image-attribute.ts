import { fail, invalidParameterValue, missingParameter } from '../../domain/errors.ts';
import { ownedImage } from './find-image.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetImageAttribute.html
 * Only launch permissions can be reset: all of them go, public or not.
 */
export const resetImageAttribute = operation('ResetImageAttribute', async (input, context) => {
  const attribute: string = input.Attribute || fail(missingParameter('Attribute'));
  await context.records.transaction(async records => {
    const image = await ownedImage(records, context.caller, input.ImageId);
    if (attribute !== 'launchPermission')
      throw invalidParameterValue(
        `Value (${attribute}) for parameter attribute is invalid. Only launchPermission can be reset.`,
      );
    await records.images.put({ ...image, launchPermissions: [] });
  });
  return {};
});
