import type { RegisterImageRequest } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { registerImage } from '../../../src/operations/ec2/register-image.ts';
import { anImage, aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const root = hexId('snap', 1);
const request = (fields: Partial<RegisterImageRequest> = {}): RegisterImageRequest => ({
  Name: 'golden',
  Architecture: 'x86_64',
  VirtualizationType: 'hvm',
  RootDeviceName: '/dev/xvda',
  BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: root } }],
  ...fields,
});
const register = (fields?: Partial<RegisterImageRequest>, account?: string) =>
  region.call<{ ImageId: string }>(registerImage, request(fields), account);

beforeEach(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    await records.snapshots.put(aSnapshot({ productCodes: ['code1'] }));
    await records.snapshots.put(aSnapshot({ snapshotId: hexId('snap', 2), state: 'pending' }));
    await records.snapshots.put(aSnapshot({ snapshotId: hexId('snap', 3), ownerId: stranger }));
    await records.snapshots.put(
      aSnapshot({ snapshotId: hexId('snap', 4), ownerId: stranger, createVolumePermissions: ['all'] }),
    );
  });
});

describe('RegisterImage', () => {
  test('makes an available, private image of a snapshot, with its product codes and the tags', async () => {
    const { ImageId } = await register({
      Description: 'for web servers',
      EnaSupport: true,
      ImageLocation: '',
      TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'team', Value: 'web' }] }],
    });
    expect(ImageId).toMatch(/^ami-[0-9a-f]{17}$/);
    expect(await region.records.read.images.get(ImageId)).toMatchObject({
      state: 'available',
      ownerId: owner,
      imageLocation: `${owner}/golden`,
      creationDate: '2026-05-10T13:17:12.000Z',
      description: 'for web servers',
      architecture: 'x86_64',
      virtualizationType: 'hvm',
      rootDeviceType: 'ebs',
      rootDeviceName: '/dev/xvda',
      launchPermissions: [],
      productCodes: ['code1'],
      enaSupport: true,
    });
    expect((await region.records.read.tags.list())[0]).toEqual({
      resourceId: ImageId,
      accountId: owner,
      resourceType: 'image',
      tags: { team: 'web' },
    });
  });

  test("uses Amazon's old defaults: i386, paravirtual, /dev/sda1", async () => {
    const { ImageId } = await register({
      Architecture: undefined,
      VirtualizationType: undefined,
      RootDeviceName: undefined,
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { SnapshotId: root } }],
    });
    expect(await region.records.read.images.get(ImageId)).toMatchObject({
      architecture: 'i386',
      virtualizationType: 'paravirtual',
      rootDeviceName: '/dev/sda1',
    });
  });

  test('changes nothing in a dry run, which still says what is wrong', async () => {
    expect(await refusal(register({ DryRun: true }))).toEqual([
      'DryRunOperation',
      'Request would have succeeded, but DryRun flag is set.',
      412,
    ]);
    expect(await region.records.read.images.list()).toEqual([]);
    expect((await refusal(register({ DryRun: true, Name: 'x' })))[0]).toBe('InvalidAMIName.Malformed');
  });

  test('refuses a name the account uses, but not one a deregistered or foreign image had', async () => {
    await region.records.transaction(async records => {
      await records.images.put(anImage({ name: 'golden', state: 'disabled' }));
      await records.images.put(anImage({ imageId: hexId('ami', 2), name: 'old', state: 'deregistered' }));
      await records.images.put(anImage({ imageId: hexId('ami', 3), name: 'theirs', ownerId: stranger }));
    });
    expect(await refusal(register())).toEqual([
      'InvalidAMIName.Duplicate',
      `AMI name golden is already in use by AMI ${hexId('ami', 1)}`,
      400,
    ]);
    await register({ Name: 'old' });
    await register({ Name: 'theirs' });
  });

  test.each<[string, Partial<RegisterImageRequest>, string, string]>([
    ['no name', { Name: '' }, 'MissingParameter', 'The request must contain the parameter Name'],
    [
      'a name with a forbidden character',
      { Name: 'gold*en' },
      'InvalidAMIName.Malformed',
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
    ],
    [
      'a long description',
      { Description: 'x'.repeat(256) },
      'InvalidParameterValue',
      'AMI descriptions must be less than 256 characters long',
    ],
    [
      'an instance-store image',
      { ImageLocation: 'bucket/image.manifest.xml' },
      'UnsupportedOperation',
      'Registering an instance-store image from ImageLocation is not served yet. Register an image from a snapshot of its root volume instead.',
    ],
    [
      'neither location nor devices',
      { RootDeviceName: undefined, BlockDeviceMappings: [] },
      'InvalidParameterCombination',
      'Either imageLocation or rootDeviceName must be set.',
    ],
    [
      'no root snapshot',
      { BlockDeviceMappings: [] },
      'InvalidBlockDeviceMapping',
      'No root snapshot specified in device mapping.',
    ],
    [
      'an unknown snapshot',
      { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: hexId('snap', 99) } }] },
      'InvalidSnapshot.NotFound',
      `The snapshot '${hexId('snap', 99)}' does not exist.`,
    ],
    [
      "another account's private snapshot as if it were unknown",
      { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: hexId('snap', 3) } }] },
      'InvalidSnapshot.NotFound',
      `The snapshot '${hexId('snap', 3)}' does not exist.`,
    ],
    [
      "another account's public snapshot",
      { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: hexId('snap', 4) } }] },
      'InvalidParameterValue',
      `Invalid value '${hexId('snap', 4)}' for snapshotId. Snapshot does not belong to ${owner}`,
    ],
    [
      'a pending snapshot',
      { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: hexId('snap', 2) } }] },
      'IncorrectState',
      `${hexId('snap', 2)} is not 'completed'`,
    ],
    [
      'a malformed snapshot id',
      { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: 'snap-zz' } }] },
      'InvalidSnapshotID.Malformed',
      'Invalid id: "snap-zz"',
    ],
    [
      'tags of another type',
      { TagSpecifications: [{ ResourceType: 'snapshot', Tags: [] }] },
      'InvalidParameterValue',
      "'snapshot' is not a valid taggable resource type for this operation.",
    ],
    [
      'an unknown architecture',
      { Architecture: 'sparc' as never },
      'InvalidParameterValue',
      'Value (sparc) for parameter Architecture is invalid. Expecting one of: i386, x86_64, arm64.',
    ],
    [
      'a TPM without UEFI',
      { TpmSupport: 'v2.0' },
      'InvalidParameterCombination',
      "TpmSupport 'v2.0' requires the boot mode 'uefi'.",
    ],
    [
      'billing products',
      { BillingProducts: ['bp-1'] },
      'OperationNotPermitted',
      'This account may not register images with billing products.',
    ],
  ])('refuses %s', async (_what, fields, code, message) => {
    expect(await refusal(register(fields))).toEqual([code, message, 400]);
    expect(await region.records.read.images.list()).toEqual([]);
  });
});
