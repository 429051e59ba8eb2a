import type { KmsAlias } from '../../domain/kms-alias.ts';
import { type KmsKey, kmsArn } from '../../domain/kms-key.ts';
import type { AliasListEntry, KeyMetadata } from './actions.ts';

export function presentKey(key: KmsKey): KeyMetadata {
  return {
    AWSAccountId: key.ownerId,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: new Date(key.createTime),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: key.state,
    DeletionDate: key.deletionTime === undefined ? undefined : new Date(key.deletionTime),
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}

/** A managed alias that has no key yet is listed by its name alone, as on AWS. */
export function presentAlias(
  alias: Pick<KmsAlias, 'aliasName' | 'ownerId'> & Partial<KmsAlias>,
  region: string,
): AliasListEntry {
  const { aliasName, ownerId, keyId, createTime, updateTime } = alias;
  return {
    AliasName: aliasName,
    AliasArn: kmsArn(region, ownerId, aliasName),
    TargetKeyId: keyId,
    CreationDate: createTime === undefined ? undefined : new Date(createTime),
    LastUpdatedDate: updateTime === undefined ? undefined : new Date(updateTime),
  };
}
