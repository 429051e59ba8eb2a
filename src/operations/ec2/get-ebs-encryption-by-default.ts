import { ebsEncryption } from '../encryption.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsEncryptionByDefault.html */
export const getEbsEncryptionByDefault = operation('GetEbsEncryptionByDefault', async (_input, context) => {
  const { byDefault } = await ebsEncryption(context.records.read, context.caller.accountId);
  return { EbsEncryptionByDefault: byDefault };
});
