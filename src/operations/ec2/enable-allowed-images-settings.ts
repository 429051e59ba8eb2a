import { invalidParameterValue } from '../../domain/errors.ts';
import { changeSettings } from './account-settings.ts';
import { operation } from './operation.ts';
import { required } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableAllowedImagesSettings.html */
export const enableAllowedImagesSettings = operation(
  'EnableAllowedImagesSettings',
  async (input, context) => {
    const state = required(input.AllowedImagesSettingsState, 'AllowedImagesSettingsState');
    if (state !== 'enabled' && state !== 'audit-mode')
      throw invalidParameterValue(`Value (${state}) for parameter AllowedImagesSettingsState is invalid.`);
    await changeSettings(context, { allowedImagesState: state });
    return { AllowedImagesSettingsState: state };
  },
);
