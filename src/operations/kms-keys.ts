/** Keys of the caller's account, as EC2, EBS and KMS look them up. */
import { randomUUID } from 'node:crypto';
import { aliasId, ebsAliasName } from '../domain/kms-alias.ts';
import { type KeyReference, type KmsKey, kmsArn, parseKeyReference } from '../domain/kms-key.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { RegionReader, RegionWriter } from '../stores/records/database.ts';
import type { Context } from './context.ts';

/** A new enabled key; for the caller to put. */
export function newKey(
  { caller, region, now }: Context,
  fields: Pick<KmsKey, 'description' | 'manager' | 'tags'>,
): KmsKey {
  const keyId = randomUUID();
  return {
    keyId,
    arn: kmsArn(region.name, caller.accountId, `key/${keyId}`),
    ownerId: caller.accountId,
    state: 'Enabled',
    createTime: now().toISOString(),
    ...fields,
  };
}

/** The caller's key that a request names, or undefined; that behind `alias/aws/ebs` is made when it is first named. */
export async function keyOfReference(
  records: RegionWriter,
  context: Context,
  { region, accountId, aliasName, keyId }: KeyReference,
): Promise<KmsKey | undefined> {
  const { accountId: caller } = context.caller;
  if ((region ?? context.region.name) !== context.region.name || (accountId ?? caller) !== caller)
    return undefined;
  if (aliasName === ebsAliasName) return managedKey(records, context);
  const id = aliasName ? (await records.kmsAliases.get(aliasId(caller, aliasName)))?.keyId : keyId;
  const key = id === undefined ? undefined : await records.kmsKeys.get(id);
  return key?.ownerId === caller && key.state !== 'Deleted' ? key : undefined;
}

/** The key a snapshot is encrypted with, whoever's it is; undefined where it is deleted, or there is none. */
export async function keyOfSnapshot(
  records: Pick<RegionReader, 'kmsKeys'>,
  { kmsKeyId }: Pick<Snapshot, 'kmsKeyId'>,
): Promise<KmsKey | undefined> {
  const keyId = kmsKeyId && parseKeyReference(kmsKeyId).keyId;
  return keyId ? records.kmsKeys.get(keyId) : undefined;
}

/** The account's key for volumes and snapshots that name none. */
export async function managedKey(records: RegionWriter, context: Context): Promise<KmsKey> {
  const { accountId } = context.caller;
  const alias = await records.kmsAliases.get(aliasId(accountId, ebsAliasName));
  const known = alias && (await records.kmsKeys.get(alias.keyId));
  if (known) return known;
  const description = 'Default key that protects my EBS volumes when no other key is defined';
  const key = newKey(context, { description, manager: 'AWS', tags: {} });
  const time = key.createTime;
  await records.kmsKeys.put(key);
  await records.kmsAliases.put({
    aliasName: ebsAliasName,
    ownerId: accountId,
    keyId: key.keyId,
    createTime: time,
    updateTime: time,
  });
  return key;
}
