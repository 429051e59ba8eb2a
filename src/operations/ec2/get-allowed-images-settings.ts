import type * as sdk from '@aws-sdk/client-ec2';
import type { ImageCriterion } from '../../domain/allowed-images.ts';
import { defaultSettings, settingsOf } from './account-settings.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetAllowedImagesSettings.html */
export const getAllowedImagesSettings = operation('GetAllowedImagesSettings', async (_input, context) => {
  const settings = await settingsOf(context.records.read, await defaultSettings(context));
  return {
    State: settings.allowedImagesState,
    ImageCriteria: settings.imageCriteria.map(presentCriterion),
    ManagedBy: 'account',
  };
});

function presentCriterion(criterion: ImageCriterion): sdk.ImageCriterion {
  const { maximumDaysSinceDeprecated: deprecated, maximumDaysSinceCreated: created } = criterion;
  return {
    ImageProviders: criterion.imageProviders,
    MarketplaceProductCodes: criterion.marketplaceProductCodes,
    ImageNames: criterion.imageNames,
    ...(deprecated !== undefined && {
      DeprecationTimeCondition: { MaximumDaysSinceDeprecated: deprecated },
    }),
    ...(created !== undefined && { CreationDateCondition: { MaximumDaysSinceCreated: created } }),
  };
}
