import { defaultSettings, settingsOf } from './account-settings.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetImageBlockPublicAccessState.html */
export const getImageBlockPublicAccessState = operation(
  'GetImageBlockPublicAccessState',
  async (_input, context) => {
    const settings = await settingsOf(context.records.read, await defaultSettings(context));
    return { ImageBlockPublicAccessState: settings.imageBlockPublicAccess, ManagedBy: 'account' as const };
  },
);
