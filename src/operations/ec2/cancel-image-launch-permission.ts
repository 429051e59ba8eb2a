import { ApiError } from '../../domain/errors.ts';
import { isGrantedByName } from '../../domain/image-visibility.ts';
import { findImage } from './find-image.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CancelImageLaunchPermission.html
 * The grantee gives a grant to its own account back; one it has as a member of an organisation, or like everybody, it
 * cannot give back.
 */
export const cancelImageLaunchPermission = operation(
  'CancelImageLaunchPermission',
  async (input, context) => {
    const { accountId } = context.caller;
    await context.records.transaction(async records => {
      const image = await findImage(records, context.caller, input.ImageId);
      if (!isGrantedByName(image, accountId))
        throw new ApiError(
          'InvalidRequest',
          `The image '${image.imageId}' is not shared with account ${accountId} by its id.`,
        );
      const launchPermissions = image.launchPermissions.filter(
        permission => !('userId' in permission && permission.userId === accountId),
      );
      await records.images.put({ ...image, launchPermissions });
    });
    return { Return: true };
  },
);
