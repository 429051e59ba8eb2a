import { parseCriteria } from '../../domain/allowed-images.ts';
import { changeSettings } from './account-settings.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceImageCriteriaInAllowedImagesSettings.html */
export const replaceImageCriteriaInAllowedImagesSettings = operation(
  'ReplaceImageCriteriaInAllowedImagesSettings',
  async (input, context) => {
    await changeSettings(context, { imageCriteria: parseCriteria(input.ImageCriteria) });
    return { ReturnValue: true };
  },
);
