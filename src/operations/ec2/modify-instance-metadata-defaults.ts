import { changeMetadataDefaults } from '../../domain/metadata-options.ts';
import { operation } from './operation.ts';

/**
 * Holds for instances launched from now on.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataDefaults.html
 */
export const modifyInstanceMetadataDefaults = operation(
  'ModifyInstanceMetadataDefaults',
  async (input, context) => {
    const { accountId } = context.caller;
    await context.records.transaction(async records => {
      const before = await records.accountSettings.get(accountId);
      const metadataDefaults = changeMetadataDefaults(before?.metadataDefaults ?? {}, input);
      await records.accountSettings.put({ ...before, accountId, metadataDefaults });
    });
    return { Return: true };
  },
);
