import { changeSettings } from './account-settings.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableAllowedImagesSettings.html
 * The criteria stay, for the next time.
 */
export const disableAllowedImagesSettings = operation(
  'DisableAllowedImagesSettings',
  async (_input, context) => {
    await changeSettings(context, { allowedImagesState: 'disabled' });
    return { AllowedImagesSettingsState: 'disabled' };
  },
);
