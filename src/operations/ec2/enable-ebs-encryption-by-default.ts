import { changeEbsEncryption } from '../encryption.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableEbsEncryptionByDefault.html */
export const enableEbsEncryptionByDefault = operation(
  'EnableEbsEncryptionByDefault',
  async (_input, context) => {
    await changeEbsEncryption(context, async settings => ({ ...settings, byDefault: true }));
    return { EbsEncryptionByDefault: true };
  },
);
