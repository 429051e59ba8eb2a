import type {
  DescribeSnapshotAttributeResult,
  DescribeSnapshotsResult,
  ModifySnapshotAttributeRequest,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/domain/snapshot.ts';
import { listSnapshotBlocks } from '../../../src/operations/ebs/list-snapshot-blocks.ts';
import { createVolume } from '../../../src/operations/ec2/create-volume.ts';
import { describeSnapshotAttribute } from '../../../src/operations/ec2/describe-snapshot-attribute.ts';
import { describeSnapshots } from '../../../src/operations/ec2/describe-snapshots.ts';
import { disableSnapshotBlockPublicAccess } from '../../../src/operations/ec2/disable-snapshot-block-public-access.ts';
import { enableSnapshotBlockPublicAccess } from '../../../src/operations/ec2/enable-snapshot-block-public-access.ts';
import { getSnapshotBlockPublicAccessState } from '../../../src/operations/ec2/get-snapshot-block-public-access-state.ts';
import { modifySnapshotAttribute } from '../../../src/operations/ec2/modify-snapshot-attribute.ts';
import { resetSnapshotAttribute } from '../../../src/operations/ec2/reset-snapshot-attribute.ts';
import { createKey } from '../../../src/operations/kms/create-key.ts';
import { describeKey } from '../../../src/operations/kms/describe-key.ts';
import { memoryBlockStore } from '../../../src/stores/blocks/memory.ts';
import { aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { amazon, owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const SnapshotId = hexId('snap', 1);
const modify = (input: Partial<ModifySnapshotAttributeRequest>, account?: string) =>
  region.call(modifySnapshotAttribute, { SnapshotId, ...input }, account);
const attribute = (Attribute = 'createVolumePermission', account?: string) =>
  region.call<DescribeSnapshotAttributeResult>(describeSnapshotAttribute, { SnapshotId, Attribute }, account);
const permissions = async () => (await attribute()).CreateVolumePermissions;
const put = (fields: Partial<Snapshot> = {}) =>
  region.records.transaction(async records => records.snapshots.put(aSnapshot(fields)));
const share = (...grantees: string[]) =>
  modify({ Attribute: 'createVolumePermission', OperationType: 'add', UserIds: grantees });
const publish = () => modify({ CreateVolumePermission: { Add: [{ Group: 'all' }] } });
const unpublish = () => modify({ CreateVolumePermission: { Remove: [{ Group: 'all' }] } });
const seenBy = async (account: string, input = {}) =>
  (await region.call<DescribeSnapshotsResult>(describeSnapshots, input, account)).Snapshots!.map(
    snapshot => snapshot.SnapshotId,
  );

beforeEach(async () => {
  const blocks = memoryBlockStore();
  region = testRegion({ blocks });
  await put();
  await (await blocks.openSession(SnapshotId, 'test')).commit({
    snapshotId: SnapshotId,
    volumeSize: 8 * 2 ** 30,
  });
});

describe('ModifySnapshotAttribute', () => {
  test('adds and removes accounts and everybody, in today’s form and the old one; repeating it is no error', async () => {
    await modify({ CreateVolumePermission: { Add: [{ UserId: stranger }, { Group: 'all' }] } });
    await share(stranger, amazon);
    expect(await permissions()).toEqual([{ UserId: stranger }, { Group: 'all' }, { UserId: amazon }]);
    const remove = { CreateVolumePermission: { Remove: [{ Group: 'all' as const }] } };
    await modify(remove);
    await modify(remove);
    await modify({ OperationType: 'remove', UserIds: [amazon], GroupNames: [''] });
    expect(await permissions()).toEqual([{ UserId: stranger }]);
    // Both forms at once, as Packer sends.
    await modify({ CreateVolumePermission: { Add: [{ UserId: amazon }] }, UserIds: [amazon] });
    expect(await permissions()).toEqual([{ UserId: stranger }, { UserId: amazon }]);
  });

  test('lets the grantee see the snapshot, read it and make volumes of it, and nobody else', async () => {
    const read = (account: string) => region.call(listSnapshotBlocks, { SnapshotId }, account);
    const restore = (account: string) =>
      region.call(createVolume, { SnapshotId, AvailabilityZone: 'us-east-1a' }, account);
    expect((await refusal(restore(stranger)))[0]).toBe('InvalidSnapshot.NotFound');
    expect((await refusal(read(stranger)))[0]).toBe('ResourceNotFoundException');
    await share(stranger);
    await restore(stranger);
    await read(stranger);
    expect(await seenBy(stranger, { RestorableByUserIds: ['self'] })).toEqual([SnapshotId]);
    expect(await seenBy(amazon)).toEqual([]);
    await publish();
    expect(await seenBy(amazon, { RestorableByUserIds: ['all'] })).toEqual([SnapshotId]);
    await restore(amazon);
  });

  test.each<[string, Partial<ModifySnapshotAttributeRequest>, string, string]>([
    ['nothing to change', {}, 'InvalidParameterCombination', 'No attributes specified.'],
    [
      'adding and removing at once',
      { CreateVolumePermission: { Add: [{ UserId: stranger }], Remove: [{ UserId: amazon }] } },
      'InvalidParameterCombination',
      'Permissions are either added or removed by one request, not both.',
    ],
    [
      'a malformed account',
      { OperationType: 'add', UserIds: ['12'] },
      'InvalidUserID.Malformed',
      'Invalid user id: "12"',
    ],
    [
      'an account nobody has',
      { OperationType: 'add', UserIds: ['999999999999'] },
      'InvalidParameterValue',
      'Value (999999999999) for parameter userId is invalid. There is no such account.',
    ],
    [
      'another group',
      { CreateVolumePermission: { Add: [{ Group: 'friends' as never }] } },
      'InvalidParameterValue',
      'Value (friends) for parameter group is invalid. Expecting all.',
    ],
    [
      'no operation',
      { UserIds: [stranger] },
      'MissingParameter',
      'The request must contain the parameter OperationType',
    ],
    [
      'another operation',
      { UserIds: [stranger], OperationType: 'set' as never },
      'InvalidParameterValue',
      'Value (set) for parameter operationType is invalid. Expecting add or remove.',
    ],
    [
      'product codes',
      { Attribute: 'productCodes' },
      'InvalidParameterValue',
      'Value (productCodes) for parameter attribute is invalid. Only createVolumePermission can be modified.',
    ],
    [
      'more than 500',
      { OperationType: 'remove', UserIds: Array.from({ length: 501 }, () => stranger) },
      'InvalidParameterValue',
      'At most 500 permissions can be modified by one request, not 501.',
    ],
    [
      'no snapshot',
      { SnapshotId: '' },
      'MissingParameter',
      'The request must contain the parameter SnapshotId',
    ],
  ])('refuses %s', async (_what, input, code, message) => {
    expect(await refusal(modify(input))).toEqual([code, message, 400]);
    expect(await permissions()).toEqual([]);
  });

  test('shares nothing under the default key, and makes nothing public that is encrypted or sold', async () => {
    await put({ encrypted: true });
    expect(await refusal(share(stranger))).toEqual([
      'OperationNotPermitted',
      'Encrypted snapshots with EBS default key cannot be shared',
      400,
    ]);
    expect(await refusal(publish())).toEqual([
      'OperationNotPermitted',
      `The snapshot '${SnapshotId}' is encrypted and cannot be made public.`,
      400,
    ]);
    const managed = await region.call<{ KeyMetadata: { Arn: string } }>(describeKey, {
      KeyId: 'alias/aws/ebs',
    });
    await put({ encrypted: true, kmsKeyId: managed.KeyMetadata.Arn });
    expect((await refusal(share(stranger)))[1]).toContain('EBS default key');
    const { KeyMetadata } = await region.call<{ KeyMetadata: { Arn: string } }>(createKey, {});
    await put({ encrypted: true, kmsKeyId: KeyMetadata.Arn });
    await share(stranger);
    expect((await refusal(publish()))[1]).toContain('is encrypted');
    await put({ productCodes: ['code1'] });
    await share(stranger);
    expect(await refusal(publish())).toEqual([
      'OperationNotPermitted',
      `The snapshot '${SnapshotId}' has product codes and cannot be made public.`,
      400,
    ]);
  });
});

describe('the attribute calls', () => {
  test('answer the owner alone, but for the product codes', async () => {
    await put({ productCodes: ['code1'], createVolumePermissions: [stranger] });
    expect(await attribute('productCodes', stranger)).toEqual({
      SnapshotId,
      ProductCodes: [{ ProductCodeId: 'code1', ProductCodeType: 'marketplace' }],
    });
    const reset = (account: string, Attribute = 'createVolumePermission') =>
      region.call(resetSnapshotAttribute, { SnapshotId, Attribute }, account);
    for (const call of [attribute(undefined, stranger), modify({}, stranger), reset(stranger)])
      expect(await refusal(call)).toEqual(['AuthFailure', `Not authorized for snapshot:${SnapshotId}`, 403]);
    for (const call of [attribute('productCodes', amazon), modify({}, amazon), reset(amazon)])
      expect(await refusal(call)).toEqual([
        'InvalidSnapshot.NotFound',
        `The snapshot '${SnapshotId}' does not exist.`,
        400,
      ]);
    expect((await refusal(attribute('colour')))[1]).toBe(
      'Value (colour) for parameter attribute is invalid. Unknown attribute.',
    );
    expect((await refusal(reset(owner, 'productCodes')))[1]).toBe(
      'Value (productCodes) for parameter attribute is invalid. Only createVolumePermission can be reset.',
    );
    await reset(owner);
    expect(await permissions()).toEqual([]);
  });
});

describe('the block of public snapshots', () => {
  const enable = (State: string) => region.call(enableSnapshotBlockPublicAccess, { State });
  const disable = () => region.call(disableSnapshotBlockPublicAccess, {});
  const blocked = [
    'OperationNotPermitted',
    'You can’t publicly share this snapshot because block public access for snapshots is enabled for this account. To publicly share the snapshot, you must call the DisableSnapshotBlockPublicAccess API.',
    400,
  ];

  test('is off until it is set, account by account', async () => {
    const state = (account?: string) => region.call(getSnapshotBlockPublicAccessState, {}, account);
    expect(await state()).toEqual({ State: 'unblocked', ManagedBy: 'account' });
    expect(await enable('block-new-sharing')).toEqual({ State: 'block-new-sharing' });
    expect(await state()).toEqual({ State: 'block-new-sharing', ManagedBy: 'account' });
    expect(await state(stranger)).toEqual({ State: 'unblocked', ManagedBy: 'account' });
    expect(await disable()).toEqual({ State: 'unblocked' });
    expect(await refusal(enable('unblocked'))).toEqual([
      'InvalidParameterValue',
      'Value (unblocked) for parameter state is invalid.',
      400,
    ]);
  });

  test('of new ones leaves the public ones public', async () => {
    await publish();
    await enable('block-new-sharing');
    expect(await seenBy(stranger)).toEqual([SnapshotId]);
    await unpublish();
    expect(await refusal(publish())).toEqual(blocked);
    await share(stranger);
  });

  test('of all hides the public ones until it is lifted', async () => {
    await publish();
    await enable('block-all-sharing');
    expect(await seenBy(stranger)).toEqual([]);
    expect(await seenBy(stranger, { RestorableByUserIds: ['all'] })).toEqual([]);
    expect(await permissions()).toEqual([{ Group: 'all' }]);
    expect(await refusal(publish())).toEqual(blocked);
    await disable();
    expect(await seenBy(stranger)).toEqual([SnapshotId]);
  });

  test('of all says nothing of what is shared anew after it', async () => {
    await publish();
    await enable('block-all-sharing');
    await unpublish();
    await disable();
    await publish();
    expect(await seenBy(stranger)).toEqual([SnapshotId]);
  });
});
