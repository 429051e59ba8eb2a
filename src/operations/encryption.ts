import { chooseKey, type EncryptionRequest } from '../domain/encryption.ts';
import { invalidParameterValue } from '../domain/errors.ts';
import { type EbsEncryption, kmsArn, parseKeyReference } from '../domain/kms-key.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { RegionReader, RegionWriter } from '../stores/records/database.ts';
import type { Context } from './context.ts';
import { keyOfReference, managedKey } from './kms-keys.ts';

/** Whether something is encrypted, and the ARN of its key. */
export interface Encryption {
  encrypted: boolean;
  kmsKeyId?: string;
}

/**
 * How a new volume, or a copy of `source`, is encrypted (spec C.12). A key that is not there is told later, by the job
 * that needs it, as on AWS. Makes the account's managed key where that is first needed.
 * @throws InvalidParameterDependency, InvalidParameterValue
 */
export async function settleEncryption(
  records: RegionWriter,
  context: Context,
  request: EncryptionRequest,
  source?: Pick<Snapshot, 'encrypted' | 'ownerId' | 'kmsKeyId'>,
): Promise<Encryption> {
  const { accountId } = context.caller;
  const { byDefault } = await ebsEncryption(records, accountId);
  switch (chooseKey(request, source, { accountId, byDefault })) {
    case 'none':
      return { encrypted: false };
    case 'source':
      return { encrypted: true, ...(source?.kmsKeyId && { kmsKeyId: source.kmsKeyId }) };
    case 'default':
      return { encrypted: true, kmsKeyId: await defaultKeyArn(records, context) };
    case 'asked':
      return { encrypted: true, kmsKeyId: await keyArnOf(records, context, request.KmsKeyId!) };
  }
}

/** What the account has settled; nothing is encrypted by default until it says so. */
export async function ebsEncryption(records: RegionReader, accountId: string): Promise<EbsEncryption> {
  return (await records.ebsEncryption.get(accountId)) ?? { accountId, byDefault: false };
}

/** The ARN of the account's default key for EBS, which is made if it is the managed one. */
export async function defaultKeyArn(records: RegionWriter, context: Context): Promise<string> {
  const { kmsKeyId } = await ebsEncryption(records, context.caller.accountId);
  return kmsKeyId ?? (await managedKey(records, context)).arn;
}

/** The ARN of the key a request names; of what is not there, what its ARN would be. @throws InvalidParameterValue */
export async function keyArnOf(records: RegionWriter, context: Context, text: string): Promise<string> {
  if (text.length > 2048) throw invalidParameterValue('KmsKeyId must have at most 2048 characters');
  const reference = parseKeyReference(text);
  const key = await keyOfReference(records, context, reference);
  if (key) return key.arn;
  if (reference.region || text.startsWith('arn:')) return text;
  const { aliasName, keyId } = reference;
  return kmsArn(context.region.name, context.caller.accountId, aliasName ?? `key/${keyId}`);
}

/** Changes what the caller's account has settled. */
export function changeEbsEncryption(
  context: Context,
  change: (settings: EbsEncryption, records: RegionWriter) => Promise<EbsEncryption>,
): Promise<EbsEncryption> {
  return context.records.transaction(async records => {
    const changed = await change(await ebsEncryption(records, context.caller.accountId), records);
    await records.ebsEncryption.put(changed);
    return changed;
  });
}
