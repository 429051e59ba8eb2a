import { defaultSettings, settingsOf } from './account-settings.ts';
import { operation } from './operation.ts';

/**
 * What the account chose; of the others nothing is said.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetInstanceMetadataDefaults.html
 */
export const getInstanceMetadataDefaults = operation(
  'GetInstanceMetadataDefaults',
  async (_input, context) => {
    const { metadataDefaults } = await settingsOf(context.records.read, await defaultSettings(context));
    return {
      AccountLevel: {
        HttpTokens: metadataDefaults.httpTokens,
        HttpPutResponseHopLimit: metadataDefaults.httpPutResponseHopLimit,
        HttpEndpoint: metadataDefaults.httpEndpoint,
        InstanceMetadataTags: metadataDefaults.instanceMetadataTags,
        HttpTokensEnforced: metadataDefaults.httpTokensEnforced,
        ManagedBy: 'account' as const,
      },
    };
  },
);
