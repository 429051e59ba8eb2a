import { ApiError, invalidParameterValue } from '../../domain/errors.ts';
import type { KeyPair } from '../../domain/key-pair.ts';
import type { Tags } from '../../domain/tags.ts';
import type { Context } from '../context.ts';
import type { PublicKeyMaterial } from '../key-material.ts';
import { writeTags } from '../tagging.ts';
import { required } from './request.ts';

/** 1 to 255 printable ASCII characters, no space at either end. */
export function checkKeyName(name: string | undefined): string {
  const given = required(name, 'KeyName');
  if (!/^(?! )[\x20-\x7e]{1,255}(?<! )$/.test(given))
    throw invalidParameterValue(
      `Value (${given.slice(0, 300)}) for parameter KeyName is invalid. Key names are 1 to 255 ASCII characters without spaces at their ends.`,
    );
  return given;
}

/** Writes the record of a new key pair. @throws InvalidKeyPair.Duplicate */
export function putKeyPair(
  context: Context,
  keyName: string,
  { keyType, publicKey, fingerprint }: PublicKeyMaterial,
  tags: Tags | undefined,
): Promise<KeyPair> {
  return context.records.transaction(async records => {
    const ownerId = context.caller.accountId;
    const [taken] = await records.keyPairs.list({ ownerId, keyName });
    if (taken) throw new ApiError('InvalidKeyPair.Duplicate', `The keypair '${keyName}' already exists.`);
    const createTime = context.now().toISOString();
    const keyPairId = context.newId('key');
    const key: KeyPair = { keyPairId, ownerId, keyName, keyType, fingerprint, publicKey, createTime };
    await records.keyPairs.put(key);
    await writeTags(records, ownerId, { id: keyPairId, type: 'key-pair' }, tags);
    return key;
  });
}
