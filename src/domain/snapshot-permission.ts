import { publicSnapshotsBlocked } from './account-settings.ts';
import {
  invalidParameterCombination,
  invalidParameterValue,
  missingParameter,
  operationNotPermitted,
} from './errors.ts';
import type { KmsKey } from './kms-key.ts';
import type { Snapshot } from './snapshot.ts';
import { checkUserId } from './user-id.ts';

/** A grantee as the API receives it: one of the two is set. */
interface PermissionRequest {
  UserId?: string;
  Group?: string;
}

/** What ModifySnapshotAttribute receives. */
export interface SnapshotAttributeRequest {
  Attribute?: string;
  OperationType?: string;
  CreateVolumePermission?: { Add?: PermissionRequest[]; Remove?: PermissionRequest[] };
  UserIds?: string[];
  GroupNames?: string[];
}

/** Accounts, or `all`, to add or to take away. */
export interface SnapshotPermissionChange {
  operation: 'add' | 'remove';
  grantees: string[];
}

const mostChanges = 500;

/**
 * The change a request asks for, in today's form (`CreateVolumePermission.Add.1.UserId`) or the old one
 * (`OperationType=add`, `UserId.1`). Clients send both at once: today's form then decides.
 * @throws InvalidParameterCombination, InvalidParameterValue, MissingParameter, InvalidUserID.Malformed
 */
export function parseSnapshotPermissionChange(request: SnapshotAttributeRequest): SnapshotPermissionChange {
  const { Attribute, CreateVolumePermission, OperationType } = request;
  if (Attribute && Attribute !== 'createVolumePermission')
    throw invalidParameterValue(
      `Value (${Attribute}) for parameter attribute is invalid. Only createVolumePermission can be modified.`,
    );
  const add = CreateVolumePermission?.Add ?? [];
  const remove = CreateVolumePermission?.Remove ?? [];
  if (add.length > 0 && remove.length > 0)
    throw invalidParameterCombination('Permissions are either added or removed by one request, not both.');
  if (add.length > 0) return changeOf('add', add.map(granteeOf));
  if (remove.length > 0) return changeOf('remove', remove.map(granteeOf));

  const named = [
    ...(request.UserIds ?? []).filter(Boolean).map(UserId => granteeOf({ UserId })),
    ...(request.GroupNames ?? []).filter(Boolean).map(Group => granteeOf({ Group })),
  ];
  if (named.length === 0) throw invalidParameterCombination('No attributes specified.');
  if (!OperationType) throw missingParameter('OperationType');
  if (OperationType !== 'add' && OperationType !== 'remove')
    throw invalidParameterValue(
      `Value (${OperationType}) for parameter operationType is invalid. Expecting add or remove.`,
    );
  return changeOf(OperationType, named);
}

function changeOf(operation: 'add' | 'remove', grantees: string[]): SnapshotPermissionChange {
  if (grantees.length > mostChanges)
    throw invalidParameterValue(
      `At most ${mostChanges} permissions can be modified by one request, not ${grantees.length}.`,
    );
  return { operation, grantees };
}

function granteeOf({ UserId, Group }: PermissionRequest): string {
  if (UserId && Group)
    throw invalidParameterCombination('A create volume permission names one of UserId and Group.');
  if (!Group) return checkUserId(UserId ?? '');
  if (Group !== 'all')
    throw invalidParameterValue(`Value (${Group}) for parameter group is invalid. Expecting all.`);
  return Group;
}

/** The snapshot shared with these. Whether its owner hides it from everybody is of no matter where `all` is not among them. */
export function sharedWith(
  { publicAccessBlocked, ...snapshot }: Snapshot,
  createVolumePermissions: string[],
): Snapshot {
  const hidden = publicAccessBlocked && createVolumePermissions.includes('all');
  return { ...snapshot, createVolumePermissions, ...(hidden && { publicAccessBlocked }) };
}

/** What is already there, or already gone, is no error. */
export function changeSnapshotPermissions(
  present: readonly string[],
  { operation, grantees }: SnapshotPermissionChange,
): string[] {
  if (operation === 'add') return [...new Set([...present, ...grantees])];
  return present.filter(grantee => !grantees.includes(grantee));
}

/**
 * Nobody else can be let in where the key is managed by AWS: it is the account's alone.
 * @param key that of the snapshot; undefined for one that is deleted, too.
 */
export function isUnderDefaultKey(
  { encrypted, kmsKeyId }: Pick<Snapshot, 'encrypted' | 'kmsKeyId'>,
  key: Pick<KmsKey, 'manager'> | undefined,
): boolean {
  return encrypted && (kmsKeyId === undefined || key?.manager === 'AWS');
}

/**
 * Refuses to share what may not be shared (spec C.14).
 * @throws OperationNotPermitted
 */
export function checkSnapshotSharing(
  snapshot: Pick<Snapshot, 'snapshotId' | 'encrypted' | 'kmsKeyId' | 'productCodes'>,
  { operation, grantees }: SnapshotPermissionChange,
  { publicBlocked, key }: { publicBlocked: boolean; key: KmsKey | undefined },
): void {
  if (operation !== 'add') return;
  if (grantees.includes('all')) {
    if (publicBlocked) throw publicSnapshotsBlocked();
    if (snapshot.encrypted)
      throw operationNotPermitted(
        `The snapshot '${snapshot.snapshotId}' is encrypted and cannot be made public.`,
      );
    if (snapshot.productCodes.length > 0)
      throw operationNotPermitted(
        `The snapshot '${snapshot.snapshotId}' has product codes and cannot be made public.`,
      );
  }
  if (isUnderDefaultKey(snapshot, key))
    throw operationNotPermitted('Encrypted snapshots with EBS default key cannot be shared');
}
