import { changeEbsEncryption } from '../encryption.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableEbsEncryptionByDefault.html */
export const disableEbsEncryptionByDefault = operation(
  'DisableEbsEncryptionByDefault',
  async (_input, context) => {
    await changeEbsEncryption(context, async settings => ({ ...settings, byDefault: false }));
    return { EbsEncryptionByDefault: false };
  },
);
