import { ebsAliasName } from '../../domain/kms-alias.ts';
import { changeEbsEncryption } from '../encryption.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetEbsDefaultKmsKeyId.html */
export const resetEbsDefaultKmsKeyId = operation('ResetEbsDefaultKmsKeyId', async (_input, context) => {
  await changeEbsEncryption(context, async ({ kmsKeyId: _, ...settings }) => settings);
  return { KmsKeyId: ebsAliasName };
});
