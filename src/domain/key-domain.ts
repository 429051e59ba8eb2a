import { parseKeyReference } from './kms-key.ts';

/**
 * The key domain of an account's default key: blocks are stored once per domain and never shared between domains by
 * content (design §5).
 */
export function defaultKeyDomain(accountId: string): string {
  return `${accountId}/default`;
}

/** The key domain of a KMS key: destroying its data key destroys every block stored under it. */
export function kmsKeyDomain(arn: string): string {
  const { accountId, keyId } = parseKeyReference(arn);
  if (!accountId || !keyId) throw new Error(`'${arn}' is not the ARN of a key`);
  return `${accountId}/${keyId}`;
}

/** Where the new blocks of a snapshot go: under its key, else under its owner's default. */
export function keyDomainOf({ ownerId, kmsKeyId }: { ownerId: string; kmsKeyId?: string }): string {
  return kmsKeyId ? kmsKeyDomain(kmsKeyId) : defaultKeyDomain(ownerId);
}
