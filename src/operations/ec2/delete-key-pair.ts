import { missingParameter } from '../../domain/errors.ts';
import { forgetTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { optionalId } from './request.ts';

/**
 * A key pair that is not there is deleted already.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteKeyPair.html
 */
export const deleteKeyPair = operation('DeleteKeyPair', (input, context) => {
  const id = optionalId('key', input.KeyPairId);
  if (!id && !input.KeyName) throw missingParameter('KeyName');
  return context.records.transaction(async records => {
    const own = await records.keyPairs.list({ ownerId: context.caller.accountId });
    const key = own.find(one => (id ? one.keyPairId === id : one.keyName === input.KeyName));
    if (!key) return { Return: true };
    await records.keyPairs.delete(key.keyPairId);
    await forgetTags(records, key.keyPairId);
    return { Return: true, KeyPairId: key.keyPairId };
  });
});
