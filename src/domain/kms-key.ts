import { partitionOf } from './partition.ts';

/** A key's states as the API names them; `Deleted` is ours: gone for everybody, its data key still to be destroyed. */
export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'Deleted';

/** A KMS key as the region keeps it: symmetric, for encryption. Its data key lies in the block store, under its domain. */
export interface KmsKey {
  keyId: string;
  arn: string;
  ownerId: string;
  description: string;
  /** `AWS`: made by us for an account that named no key; nobody can disable or delete it. */
  manager: 'AWS' | 'CUSTOMER';
  state: KeyState;
  createTime: string;
  /** When it is deleted, while that is pending. */
  deletionTime?: string;
  tags: Readonly<Record<string, string>>;
}

/** What an account has settled for volumes to come (spec C2.13). */
export interface EbsEncryption {
  accountId: string;
  byDefault: boolean;
  /** ARN; absent: the managed key. */
  kmsKeyId?: string;
}

/** A key as a request names it: by id or alias, bare or in an ARN. */
export interface KeyReference {
  region?: string;
  accountId?: string;
  /** `alias/…`, or absent. */
  aliasName?: string;
  keyId?: string;
}

const arnPattern = /^arn:([a-z-]+):kms:([a-z0-9-]*):(\d*):(alias\/.+|key\/.+)$/;

/** An ARN whose partition is not its region's is none: it names nothing. */
export function parseKeyReference(text: string): KeyReference {
  const [, partition, region = '', accountId, arnResource] = arnPattern.exec(text) ?? [];
  const resource = partition === partitionOf(region) ? arnResource : undefined;
  const name = resource ?? text;
  return {
    ...(resource && { region, accountId }),
    ...(name.startsWith('alias/')
      ? { aliasName: name }
      : { keyId: resource ? name.slice('key/'.length) : name }),
  };
}

/** @param resource `key/ID` or `alias/NAME` */
export function kmsArn(region: string, accountId: string, resource: string): string {
  return `arn:${partitionOf(region)}:kms:${region}:${accountId}:${resource}`;
}

export type KeyFault = 'missing' | 'denied' | 'disabled' | 'pending deletion';

/**
 * Why what is encrypted under a key cannot be used for an account; undefined when it can.
 * @param key what the region has under the id of `arn`
 */
export function keyFault(key: KmsKey | undefined, arn: string, accountId: string): KeyFault | undefined {
  if (key?.arn !== arn || key.state === 'Deleted') return 'missing';
  if (key.ownerId !== accountId) return 'denied';
  if (key.state === 'PendingDeletion') return 'pending deletion';
  return key.state === 'Disabled' ? 'disabled' : undefined;
}
