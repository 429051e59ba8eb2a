import { fail, missingParameter } from '../../domain/errors.ts';
import { changeEbsEncryption, keyArnOf } from '../encryption.ts';
import { operation } from './operation.ts';

/**
 * A key that cannot be used is told when a volume needs it, as on AWS.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyEbsDefaultKmsKeyId.html
 */
export const modifyEbsDefaultKmsKeyId = operation('ModifyEbsDefaultKmsKeyId', async (input, context) => {
  const asked = input.KmsKeyId || fail(missingParameter('KmsKeyId'));
  const { kmsKeyId } = await changeEbsEncryption(context, async (settings, records) => ({
    ...settings,
    kmsKeyId: await keyArnOf(records, context, asked),
  }));
  return { KmsKeyId: kmsKeyId };
});
