import { settleTags } from '../../domain/tags.ts';
import { importKey } from '../key-material.ts';
import { checkKeyName, putKeyPair } from './key-pair-record.ts';
import { operation } from './operation.ts';
import { presentTags } from './present/tags.ts';
import { required } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html */
export const importKeyPair = operation('ImportKeyPair', async (input, context) => {
  const keyName = checkKeyName(input.KeyName);
  const material = importKey(required(input.PublicKeyMaterial, 'PublicKeyMaterial'), keyName);
  const tags = settleTags(input.TagSpecifications, ['key-pair'])['key-pair'];
  const key = await putKeyPair(context, keyName, material, tags);
  return {
    KeyPairId: key.keyPairId,
    KeyName: keyName,
    KeyFingerprint: key.fingerprint,
    Tags: presentTags(tags ?? {}),
  };
});
