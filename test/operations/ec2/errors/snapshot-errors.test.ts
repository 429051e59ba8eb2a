/** Every error of snapshots, and of volumes made of them, by its exact text. */
import { beforeAll, describe } from 'vitest';
import type { Snapshot } from '../../../../src/domain/snapshot.ts';
import { copySnapshot } from '../../../../src/operations/ec2/copy-snapshot.ts';
import { createVolume } from '../../../../src/operations/ec2/create-volume.ts';
import { deleteSnapshot } from '../../../../src/operations/ec2/delete-snapshot.ts';
import { describeLockedSnapshots } from '../../../../src/operations/ec2/describe-locked-snapshots.ts';
import { describeSnapshots } from '../../../../src/operations/ec2/describe-snapshots.ts';
import { enableSnapshotBlockPublicAccess } from '../../../../src/operations/ec2/enable-snapshot-block-public-access.ts';
import { lockSnapshot } from '../../../../src/operations/ec2/lock-snapshot.ts';
import { modifySnapshotAttribute } from '../../../../src/operations/ec2/modify-snapshot-attribute.ts';
import { modifySnapshotTier } from '../../../../src/operations/ec2/modify-snapshot-tier.ts';
import { resetSnapshotAttribute } from '../../../../src/operations/ec2/reset-snapshot-attribute.ts';
import { restoreSnapshotFromRecycleBin } from '../../../../src/operations/ec2/restore-snapshot-from-recycle-bin.ts';
import { unlockSnapshot } from '../../../../src/operations/ec2/unlock-snapshot.ts';
import { anImage, aSnapshot, hexId } from '../../../support/records.ts';
import { refuses } from '../../errors.ts';
import { stranger, type TestRegion, testRegion } from '../../region.ts';

const [used, foreign, hidden, pending, locked, coded, encrypted, free, nobodys] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(n => hexId('snap', n)),
] as string[] & { length: 9 };
const lock = { mode: 'compliance' as const, createdOn: '2026-05-01T00:00:00.000Z', duration: 365 };

const snapshots: Partial<Snapshot>[] = [
  { snapshotId: used },
  { snapshotId: foreign, ownerId: stranger, createVolumePermissions: ['all'] },
  { snapshotId: hidden, ownerId: stranger },
  { snapshotId: pending, state: 'pending' },
  { snapshotId: locked, lock },
  { snapshotId: coded, ownerId: stranger, createVolumePermissions: ['all'], productCodes: ['abc'] },
  { snapshotId: encrypted, encrypted: true },
  { snapshotId: free },
];

let region: TestRegion;
beforeAll(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    for (const snapshot of snapshots) await records.snapshots.put(aSnapshot(snapshot));
    await records.images.put(anImage({ state: 'disabled' }));
  });
});

const notFound = (id: string | undefined) => ({
  code: 'InvalidSnapshot.NotFound',
  message: `The snapshot '${id}' does not exist.`,
});
const volume = (SnapshotId: string | undefined, more: object = {}) => ({
  ...{ SnapshotId, AvailabilityZone: 'us-east-1a' },
  ...more,
});
const copy = (SourceSnapshotId: string | undefined, more: object = {}) => ({
  ...{ SourceSnapshotId, SourceRegion: 'us-east-1' },
  ...more,
});
const grant = (SnapshotId: string | undefined, grantee: object) => ({
  ...{ SnapshotId, Attribute: 'createVolumePermission' },
  CreateVolumePermission: { Add: [grantee] },
});

describe('a snapshot’s id', () => {
  refuses(() => region, {
    'that nobody has': {
      operation: describeSnapshots,
      input: { SnapshotIds: [nobodys] },
      ...notFound(nobodys),
    },
    'that is hidden, for a volume': { operation: createVolume, input: volume(hidden), ...notFound(hidden) },
    'that is hidden, for a copy': { operation: copySnapshot, input: copy(hidden), ...notFound(hidden) },
    'that is hidden, for the end': {
      operation: deleteSnapshot,
      input: { SnapshotId: hidden },
      ...notFound(hidden),
    },
    'that is hidden, among locks': {
      operation: describeLockedSnapshots,
      input: { SnapshotIds: [hidden] },
      ...notFound(hidden),
    },
    'not in the Recycle Bin': {
      operation: restoreSnapshotFromRecycleBin,
      input: { SnapshotId: free },
      ...notFound(free),
    },
    'of another form': {
      ...{ operation: deleteSnapshot, input: { SnapshotId: 'vol-00000001' } },
      ...{
        code: 'InvalidSnapshotID.Malformed',
        message: 'Invalid id: "vol-00000001" (expecting "snap-...")',
      },
    },
    'with other digits': {
      ...{ operation: describeSnapshots, input: { SnapshotIds: ['snap-ZZ'] } },
      ...{ code: 'InvalidSnapshotID.Malformed', message: 'Invalid id: "snap-ZZ"' },
    },
  });
});

describe('what may not be done with a snapshot', () => {
  const denied = { code: 'AuthFailure', message: `Not authorized for snapshot:${foreign}`, status: 403 };
  const parameter = { code: 'InvalidParameterValue' };
  refuses(() => region, {
    'delete what a disabled image uses': {
      ...{ operation: deleteSnapshot, input: { SnapshotId: used }, code: 'InvalidSnapshot.InUse' },
      message: `The snapshot ${used} is currently in use by ${hexId('ami', 1)}`,
    },
    'delete what is locked': {
      ...{ operation: deleteSnapshot, input: { SnapshotId: locked }, code: 'SnapshotLocked' },
      message: `The snapshot '${locked}' is locked and cannot be deleted.`,
    },
    'delete another account’s': { operation: deleteSnapshot, input: { SnapshotId: foreign }, ...denied },
    'share it': { operation: modifySnapshotAttribute, input: grant(foreign, { Group: 'all' }), ...denied },
    'reset its permissions': {
      operation: resetSnapshotAttribute,
      input: { SnapshotId: foreign, Attribute: 'createVolumePermission' },
      ...denied,
    },
    'make a volume of one that is pending': {
      ...{ operation: createVolume, input: volume(pending), code: 'IncorrectState' },
      message: `${pending} is not 'completed'`,
    },
    'copy it while it is': {
      ...{ operation: copySnapshot, input: copy(pending), code: 'IncorrectState' },
      message: `${pending} is not 'completed'`,
    },
    'make a volume without a subscription': {
      ...{ operation: createVolume, input: volume(coded), code: 'OptInRequired', status: 401 },
      message:
        'In order to use this AWS Marketplace product you need to accept terms and subscribe. To do so please visit http://127.0.0.1:8773/marketplace/pp?sku=abc',
    },
    'copy what is sold': {
      ...{ operation: copySnapshot, input: copy(coded), code: 'InvalidRequest' },
      message: 'Snapshots with product codes cannot be copied to another AWS account',
    },
    'make a smaller volume': {
      ...{ operation: createVolume, input: volume(free, { Size: 7 }), ...parameter },
      message: `Volume of size 7GB is smaller than snapshot '${free}', expect size >= 8GB`,
    },
    decrypt: {
      ...{ operation: createVolume, input: volume(encrypted, { Encrypted: false }), ...parameter },
      message: `Encrypted cannot be set to false: snapshot '${encrypted}' is encrypted, and is never decrypted.`,
    },
    'name a key without encryption': {
      ...{ operation: createVolume, input: volume(free, { KmsKeyId: 'alias/mine' }) },
      code: 'InvalidParameterDependency',
      message: 'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    },
    'copy from a region nobody serves': {
      ...{ operation: copySnapshot, input: copy(free, { SourceRegion: 'mars-north-1' }) },
      ...{ code: 'InvalidRegion', message: "The region 'mars-north-1' does not exist." },
    },
    'publish what is encrypted': {
      operation: modifySnapshotAttribute,
      input: grant(encrypted, { Group: 'all' }),
      code: 'OperationNotPermitted',
      message: `The snapshot '${encrypted}' is encrypted and cannot be made public.`,
    },
    'share what is under the default key': {
      operation: modifySnapshotAttribute,
      input: grant(encrypted, { UserId: stranger }),
      code: 'OperationNotPermitted',
      message: 'Encrypted snapshots with EBS default key cannot be shared',
    },
    'share with no account id': {
      ...{ operation: modifySnapshotAttribute, input: grant(free, { UserId: '12' }) },
      ...{ code: 'InvalidUserID.Malformed', message: 'Invalid user id: "12"' },
    },
    'unlock what is locked in compliance mode': {
      ...{ operation: unlockSnapshot, input: { SnapshotId: locked }, code: 'OperationNotPermitted' },
      message: `The snapshot '${locked}' is locked in compliance mode and cannot be unlocked.`,
    },
    'shorten its lock': {
      operation: lockSnapshot,
      input: { SnapshotId: locked, LockMode: 'compliance', LockDuration: 1 },
      code: 'OperationNotPermitted',
      message: `The snapshot '${locked}' is locked in compliance mode: the lock duration can only be increased.`,
    },
    'unlock what is not locked': {
      ...{ operation: unlockSnapshot, input: { SnapshotId: free }, code: 'IncorrectState' },
      message: `The snapshot '${free}' is not locked.`,
    },
    'enable the block that is none': {
      ...{ operation: enableSnapshotBlockPublicAccess, input: { State: 'unblocked' }, ...parameter },
      message: 'Value (unblocked) for parameter state is invalid.',
    },
    'put into a tier there is none of': {
      ...{ operation: modifySnapshotTier, input: { SnapshotId: free, StorageTier: 'cold' }, ...parameter },
      message: 'Value (cold) for parameter StorageTier is invalid. Expecting archive.',
    },
  });
});
