import { ebsAliasName } from '../../domain/kms-alias.ts';
import { ebsEncryption } from '../encryption.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsDefaultKmsKeyId.html */
export const getEbsDefaultKmsKeyId = operation('GetEbsDefaultKmsKeyId', async (_input, context) => {
  const { kmsKeyId } = await ebsEncryption(context.records.read, context.caller.accountId);
  return { KmsKeyId: kmsKeyId ?? ebsAliasName };
});
