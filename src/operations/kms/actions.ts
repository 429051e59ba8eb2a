/** Request and result of the actions of KMS that are served, by hand: its client is not among our dependencies. */
export interface KmsActions {
  CancelKeyDeletion: [KeyRequest, { KeyId: string }];
  CreateAlias: [AliasTargetRequest, undefined];
  CreateKey: [CreateKeyRequest, { KeyMetadata: KeyMetadata }];
  DeleteAlias: [{ AliasName: string }, undefined];
  DescribeKey: [KeyRequest, { KeyMetadata: KeyMetadata }];
  DisableKey: [KeyRequest, undefined];
  EnableKey: [KeyRequest, undefined];
  ListAliases: [PageRequest & Partial<KeyRequest>, Page & { Aliases: AliasListEntry[] }];
  ListKeys: [PageRequest, Page & { Keys: { KeyId: string; KeyArn: string }[] }];
  ListResourceTags: [PageRequest & KeyRequest, Page & { Tags: KmsTag[] }];
  ScheduleKeyDeletion: [
    KeyRequest & { PendingWindowInDays?: number },
    { KeyId: string; DeletionDate: Date; KeyState: string; PendingWindowInDays: number },
  ];
  UpdateAlias: [AliasTargetRequest, undefined];
}

interface KeyRequest {
  KeyId: string;
}

interface AliasTargetRequest {
  AliasName: string;
  TargetKeyId: string;
}

export interface CreateKeyRequest {
  Policy?: string;
  Description?: string;
  KeyUsage?: string;
  CustomerMasterKeySpec?: string;
  KeySpec?: string;
  Origin?: string;
  CustomKeyStoreId?: string;
  BypassPolicyLockoutSafetyCheck?: boolean;
  Tags?: KmsTag[];
  MultiRegion?: boolean;
  XksKeyId?: string;
}

export interface KmsTag {
  TagKey: string;
  TagValue: string;
}

export interface PageRequest {
  Limit?: number;
  Marker?: string;
}

export interface Page {
  NextMarker?: string;
  Truncated: boolean;
}

export interface AliasListEntry {
  AliasName: string;
  AliasArn: string;
  TargetKeyId?: string;
  CreationDate?: Date;
  LastUpdatedDate?: Date;
}

export interface KeyMetadata {
  AWSAccountId: string;
  KeyId: string;
  Arn: string;
  CreationDate: Date;
  Enabled: boolean;
  Description: string;
  KeyUsage: string;
  KeyState: string;
  DeletionDate?: Date;
  Origin: string;
  KeyManager: string;
  CustomerMasterKeySpec: string;
  KeySpec: string;
  EncryptionAlgorithms: string[];
  MultiRegion: boolean;
}
