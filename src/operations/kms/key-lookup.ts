import { fail } from '../../domain/errors.ts';
import {
  aliasNotFound,
  invalidKeyArn,
  invalidKeyId,
  keyNotFound,
  kmsAccessDenied,
  kmsValidation,
} from '../../domain/kms-errors.ts';
import { type KmsKey, kmsArn, parseKeyReference } from '../../domain/kms-key.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { keyOfReference } from '../kms-keys.ts';

/**
 * The caller's key of an id, ARN, alias or alias's ARN.
 * @throws NotFoundException, AccessDeniedException, ValidationException
 */
export async function findKey(records: RegionWriter, context: Context, text: string): Promise<KmsKey> {
  const { accountId, arn } = context.caller;
  if (text.length === 0 || text.length > 2048) throw kmsValidation('KeyId must have 1 to 2048 characters');
  const reference = parseKeyReference(text);
  if (text.startsWith('arn:') && reference.region !== context.region.name) throw invalidKeyArn(text);
  if ((reference.accountId ?? accountId) !== accountId) throw kmsAccessDenied(arn, text);
  const key = await keyOfReference(records, context, reference);
  if (key) return key;
  if (reference.aliasName) throw aliasNotFound(kmsArn(context.region.name, accountId, reference.aliasName));
  throw keyNotFound(kmsArn(context.region.name, accountId, `key/${reference.keyId}`));
}

/** The same for the actions that take no alias. @throws NotFoundException, AccessDeniedException */
export async function findKeyById(records: RegionWriter, context: Context, text: string): Promise<KmsKey> {
  return parseKeyReference(text).aliasName === undefined
    ? findKey(records, context, text)
    : fail(invalidKeyId(text));
}
