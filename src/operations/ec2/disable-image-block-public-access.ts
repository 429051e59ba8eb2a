import { changeSettings } from './account-settings.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableImageBlockPublicAccess.html */
export const disableImageBlockPublicAccess = operation(
  'DisableImageBlockPublicAccess',
  async (_input, context) => {
    await changeSettings(context, { imageBlockPublicAccess: 'unblocked' });
    return { ImageBlockPublicAccessState: 'unblocked' as const };
  },
);
