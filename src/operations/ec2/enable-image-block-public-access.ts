import { parseImageBlock } from '../../domain/account-settings.ts';
import { changeSettings } from './account-settings.ts';
import { operation } from './operation.ts';
import { required } from './request.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageBlockPublicAccess.html
 * Images that are public already stay so.
 */
export const enableImageBlockPublicAccess = operation(
  'EnableImageBlockPublicAccess',
  async (input, context) => {
    const state = parseImageBlock(
      required<string>(input.ImageBlockPublicAccessState, 'ImageBlockPublicAccessState'),
    );
    await changeSettings(context, { imageBlockPublicAccess: state });
    return { ImageBlockPublicAccessState: 'block-new-sharing' as const };
  },
);
