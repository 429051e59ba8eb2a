import { invalidParameterValue, unsupportedOperation } from '../../domain/errors.ts';
import { settleTags } from '../../domain/tags.ts';
import { createKey } from '../key-material.ts';
import { checkKeyName, putKeyPair } from './key-pair-record.ts';
import { operation } from './operation.ts';
import { presentTags } from './present/tags.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateKeyPair.html */
export const createKeyPair = operation('CreateKeyPair', async (input, context) => {
  const keyName = checkKeyName(input.KeyName);
  const keyType = input.KeyType || 'rsa';
  if (keyType !== 'rsa' && keyType !== 'ed25519')
    throw invalidParameterValue(`Value (${keyType}) for parameter KeyType is invalid. Use rsa or ed25519.`);
  if (input.KeyFormat === 'ppk')
    throw unsupportedOperation(
      'The key format ppk is not supported. Use pem; puttygen turns it into a .ppk file.',
    );
  if (input.KeyFormat && input.KeyFormat !== 'pem')
    throw invalidParameterValue(`Value (${input.KeyFormat}) for parameter KeyFormat is invalid. Use pem.`);
  const tags = settleTags(input.TagSpecifications, ['key-pair'])['key-pair'];
  // Made before the transaction: primes take a while to find, and a transaction waits for nothing.
  const material = await createKey(keyType, keyName);
  const key = await putKeyPair(context, keyName, material, tags);
  return {
    KeyPairId: key.keyPairId,
    KeyName: keyName,
    KeyFingerprint: key.fingerprint,
    KeyMaterial: material.privateKey,
    Tags: presentTags(tags ?? {}),
  };
});
