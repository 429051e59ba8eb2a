import type { CopyImageRequest, DescribeImagesResult, DescribeSnapshotsResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { copyImage } from '../../../src/operations/ec2/copy-image.ts';
import { describeImages } from '../../../src/operations/ec2/describe-images.ts';
import { describeSnapshots } from '../../../src/operations/ec2/describe-snapshots.ts';
import { anImage, aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const source = hexId('ami', 1);
const snapshot = hexId('snap', 1);
const request = { Name: 'copy', SourceImageId: source, SourceRegion: 'us-east-1' };
const copy = (input: Partial<CopyImageRequest> = {}, account?: string) =>
  region
    .call<{ ImageId: string }>(copyImage, { ...request, ...input }, account)
    .then(({ ImageId }) => ImageId);
const shown = async (imageId: string, account?: string) =>
  (await region.call<DescribeImagesResult>(describeImages, { ImageIds: [imageId] }, account)).Images![0]!;
const put = (image: Parameters<typeof anImage>[0], ofSnapshot: Parameters<typeof aSnapshot>[0] = {}) =>
  region.records.transaction(async records => {
    await records.images.put(anImage(image));
    await records.snapshots.put(aSnapshot(ofSnapshot));
  });
const tag = (accountId: string, tags: Record<string, string>) =>
  region.records.transaction(async records =>
    records.tags.put({ resourceId: source, accountId, resourceType: 'image', tags }),
  );

const copiedSnapshot = async (imageId: string) => {
  const image = await region.records.read.images.get(imageId);
  return (await region.records.read.snapshots.get(image!.blockDeviceMappings[0]!.ebs!.snapshotId!))!;
};

beforeEach(async () => {
  region = testRegion();
  await put({
    description: 'the source',
    launchPermissions: [{ group: 'all' }],
    deprecationTime: '2028-05-01T00:00:00.000Z',
    deregistrationProtection: { state: 'enabled', cooldown: false },
    productCodes: ['code1'],
    bootMode: 'uefi',
    tpmSupport: 'v2.0',
    imdsSupport: 'v2.0',
    enaSupport: true,
    blockDeviceMappings: [
      ...anImage().blockDeviceMappings,
      { deviceName: '/dev/sdb', virtualName: 'ephemeral0' },
    ],
  });
});

describe('CopyImage', () => {
  test('answers with a pending image on pending snapshots of the caller’s own, and knows where it is from', async () => {
    const imageId = await copy({ Description: 'mine' });
    const image = await shown(imageId);
    expect(image).toMatchObject({
      ...{ State: 'pending', Name: 'copy', Description: 'mine', OwnerId: owner, Public: false },
      ImageLocation: `${owner}/copy`,
      ...{ SourceImageId: source, SourceImageRegion: 'us-east-1' },
      ...{ BootMode: 'uefi', TpmSupport: 'v2.0', ImdsSupport: 'v2.0', EnaSupport: true },
      ProductCodes: [{ ProductCodeId: 'code1' }],
      ...{ DeregistrationProtection: 'disabled', CreationDate: region.time.toISOString() },
    });
    expect(image.DeprecationTime).toBeUndefined();
    expect(image.SourceInstanceId).toBeUndefined();
    const [root, ephemeral] = image.BlockDeviceMappings!;
    expect(ephemeral).toMatchObject({ DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' });
    const copied = root!.Ebs!.SnapshotId!;
    expect(copied).not.toBe(snapshot);
    const { Snapshots } = await region.call<DescribeSnapshotsResult>(describeSnapshots, {
      SnapshotIds: [copied],
    });
    expect(Snapshots![0]).toMatchObject({
      ...{
        State: 'pending',
        Progress: '0%',
        VolumeId: 'vol-ffffffff',
        VolumeSize: 8,
        TransferType: 'standard',
      },
      Description: `Copied for DestinationAmi ${imageId} from SourceAmi ${source} for SourceSnapshot ${snapshot}. Task created on 1,778,419,032,000.`,
    });
    expect(region.jobs).toEqual([
      {
        kind: 'copy-snapshot',
        subject: copied,
        input: { snapshotId: copied, sourceSnapshotId: snapshot, imageId },
      },
    ]);
  });

  test('leaves the description empty unless one is given', async () => {
    expect((await shown(await copy())).Description).toBeUndefined();
  });

  test('copies the caller’s own tags on request; a tag given in the request wins', async () => {
    await tag(owner, { a: 'source', b: 'source', 'aws:owned': 'x' });
    await tag(stranger, { c: 'theirs' });
    expect((await shown(await copy())).Tags).toEqual([]);
    const tagged = await copy({
      Name: 'tagged',
      CopyImageTags: true,
      TagSpecifications: [
        { ResourceType: 'image', Tags: [{ Key: 'b', Value: 'request' }] },
        { ResourceType: 'snapshot', Tags: [{ Key: 'd', Value: 'e' }] },
      ],
    });
    const image = await shown(tagged);
    expect(image.Tags).toEqual([
      { Key: 'a', Value: 'source' },
      { Key: 'b', Value: 'request' },
    ]);
    const id = image.BlockDeviceMappings![0]!.Ebs!.SnapshotId!;
    expect((await region.records.read.tags.get(`${id}/${owner}`))?.tags).toEqual({ d: 'e' });
  });

  test('answers a repeated client token with the first copy, and refuses it for another one', async () => {
    const ClientToken = 'x'.repeat(128);
    const first = await copy({ ClientToken });
    expect(await copy({ ClientToken })).toBe(first);
    expect(await refusal(copy({ ClientToken, Name: 'other' }))).toEqual([
      'IdempotentParameterMismatch',
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
      400,
    ]);
    expect((await refusal(copy({ ClientToken: `${ClientToken}x`, Name: 'other' })))[0]).toBe(
      'InvalidParameterValue',
    );
  });

  test('understands empty strings and the flags Packer and Terraform send', async () => {
    await copy({ KmsKeyId: '', Encrypted: false, DestinationOutpostArn: '', ClientToken: '' });
  });

  test('makes a copy of its own for another account that may read the storage', async () => {
    await put({ launchPermissions: [{ userId: stranger }] }, { createVolumePermissions: [stranger] });
    const imageId = await copy({}, stranger);
    expect(await shown(imageId, stranger)).toMatchObject({ OwnerId: stranger, Public: false });
    expect(await refusal(shown(imageId))).toEqual([
      'InvalidAMIID.NotFound',
      `The image id '[${imageId}]' does not exist`,
      400,
    ]);
  });

  test('copies a deprecated image like any other', async () => {
    await put({ deprecationTime: '2026-01-01T00:00:00.000Z' });
    await copy();
  });

  test('does nothing in a dry run', async () => {
    expect((await refusal(copy({ DryRun: true })))[2]).toBe(412);
    expect(await region.records.read.images.list()).toHaveLength(1);
  });

  test.each<[string, Parameters<typeof put>, [string, string, number]]>([
    [
      'a Marketplace image',
      [
        { launchPermissions: [{ userId: stranger }], productCodes: ['code1'] },
        { createVolumePermissions: ['all'] },
      ],
      ['InvalidRequest', 'Images from AWS Marketplace cannot be copied to another AWS account', 400],
    ],
    [
      'an image with a billing product',
      [
        { launchPermissions: [{ group: 'all' }], usageOperation: 'RunInstances:0010' },
        { createVolumePermissions: ['all'] },
      ],
      ['InvalidRequest', 'Images with EC2 BillingProduct codes cannot be copied to another AWS account', 400],
    ],
    [
      'an image whose snapshots are not shared',
      [{ launchPermissions: [{ group: 'all' }] }],
      ['InvalidRequest', 'You do not have permission to access the storage of this ami', 400],
    ],
    [
      'a private image',
      [{}, { createVolumePermissions: ['all'] }],
      ['InvalidAMIID.NotFound', `The image id '[${source}]' does not exist`, 400],
    ],
    [
      'a disabled image',
      [{ state: 'disabled' }, { createVolumePermissions: ['all'] }],
      ['InvalidAMIID.NotFound', `The image id '[${source}]' does not exist`, 400],
    ],
  ])('refuses another account %s', async (_what, fields, refused) => {
    await put(...fields);
    expect(await refusal(copy({}, stranger))).toEqual(refused);
  });

  test.each([
    ['pending', `AMI ${source} is pending, and cannot be copied`],
    ['disabled', `The image ID: '${source}' is no longer available`],
    ['failed', `The image ID: '${source}' is no longer available`],
    ['deregistered', `The image ID: '${source}' is no longer available`],
  ] as const)('refuses an image that is %s', async (state, message) => {
    await put({ state });
    expect(await refusal(copy())).toEqual(['InvalidAMIID.Unavailable', message, 400]);
  });

  test.each<[string, Partial<CopyImageRequest>, string, string]>([
    ['no name', { Name: '' }, 'MissingParameter', 'The request must contain the parameter Name'],
    [
      'no source',
      { SourceImageId: '' },
      'MissingParameter',
      'The request must contain the parameter SourceImageId',
    ],
    [
      'no region',
      { SourceRegion: '' },
      'MissingParameter',
      'The request must contain the parameter SourceRegion',
    ],
    [
      'a malformed source',
      { SourceImageId: 'snap-1' },
      'InvalidAMIID.Malformed',
      'Invalid id: "snap-1" (expecting "ami-...")',
    ],
    [
      'a region nobody has',
      { SourceRegion: 'moon-1' },
      'InvalidRegion',
      "The region 'moon-1' does not exist.",
    ],
    [
      'another region',
      { SourceRegion: 'eu-west-1' },
      'UnsupportedOperation',
      "Copies from another region are not served yet: copy within 'us-east-1', or call 'eu-west-1' with that as SourceRegion.",
    ],
    [
      'a name of its own',
      { Name: `image of ${source}` },
      'InvalidAMIName.Duplicate',
      `AMI name image of ${source} is already in use by AMI ${source}`,
    ],
    [
      'a key without encryption',
      { KmsKeyId: 'alias/mine' },
      'InvalidParameterDependency',
      'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    ],
    [
      'two places',
      { DestinationOutpostArn: 'arn', DestinationAvailabilityZone: 'us-east-1a' },
      'InvalidParameterCombination',
      'Only one of DestinationOutpostArn, DestinationAvailabilityZone and DestinationAvailabilityZoneId can be specified.',
    ],
    [
      'a zone',
      { DestinationAvailabilityZoneId: 'use1-az1' },
      'UnsupportedOperation',
      'Images are kept in the region: leave DestinationOutpostArn, DestinationAvailabilityZone and DestinationAvailabilityZoneId out.',
    ],
    [
      'a duration of twenty minutes',
      { SnapshotCopyCompletionDurationMinutes: 20 },
      'InvalidParameterValue',
      'Value (20) for parameter SnapshotCopyCompletionDurationMinutes is invalid. Expecting a multiple of 15 between 15 and 2880.',
    ],
    [
      'tags on what it does not make',
      { TagSpecifications: [{ ResourceType: 'volume', Tags: [] }] },
      'InvalidParameterValue',
      "'volume' is not a valid taggable resource type for this operation.",
    ],
  ])('refuses %s', async (_what, input, code, message) => {
    expect(await refusal(copy(input))).toEqual([code, message, 400]);
    expect(region.jobs).toEqual([]);
  });

  test('keeps what is encrypted so', async () => {
    await put({}, { encrypted: true });
    expect((await refusal(copy({ Encrypted: false })))[1]).toBe(
      'Encrypted cannot be set to false: the source is encrypted, and so is every copy of it.',
    );
    expect((await copiedSnapshot(await copy({ Encrypted: true }))).encrypted).toBe(true);
  });

  test('encrypts with the key asked for, and shows so in its devices', async () => {
    const KmsKeyId = `arn:aws:kms:us-east-1:${owner}:key/mine`;
    const imageId = await copy({ Encrypted: true, KmsKeyId });
    expect(await copiedSnapshot(imageId)).toMatchObject({ encrypted: true, kmsKeyId: KmsKeyId });
    expect((await shown(imageId)).BlockDeviceMappings![0]!.Ebs!.Encrypted).toBe(true);
  });

  test('has at most a hundred under way', async () => {
    await region.records.transaction(async records => {
      for (let n = 10; n < 110; n++)
        await records.images.put(
          anImage({ imageId: hexId('ami', n), state: 'pending', sourceImageId: source }),
        );
    });
    expect(await refusal(copy())).toEqual([
      'ResourceLimitExceeded',
      'You have reached the limit of 100 image copies at the same time in this region.',
      400,
    ]);
  });
});
