import type { DescribeImagesRequest, DescribeImagesResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { imageFilters } from '../../../src/domain/image-filters.ts';
import { describeImages } from '../../../src/operations/ec2/describe-images.ts';
import { anImage, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { amazon, owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const [mine, publicMine, shared, hidden, base, gone, disabled] = [1, 2, 3, 4, 5, 6, 7].map(n =>
  hexId('ami', n),
) as [string, string, string, string, string, string, string];

const describeAs = (input: DescribeImagesRequest = {}, account = owner) =>
  region.call<DescribeImagesResult>(describeImages, input, account);
const ids = async (input: DescribeImagesRequest = {}, account = owner) =>
  (await describeAs(input, account)).Images!.map(image => image.ImageId);

beforeEach(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    const put = (imageId: string, fields: Parameters<typeof anImage>[0] = {}) =>
      records.images.put(anImage({ imageId, ...fields }));
    await put(mine, { name: 'web-1', description: 'first', lastLaunchedTime: '2026-05-02T00:00:00.000Z' });
    await put(publicMine, {
      launchPermissions: [{ group: 'all' }, { userId: stranger }],
      creationDate: '2026-05-03T00:00:00.000Z',
    });
    await put(shared, {
      ownerId: stranger,
      launchPermissions: [{ userId: owner }],
      creationDate: '2026-05-02T00:00:00.000Z',
    });
    await put(hidden, { ownerId: stranger });
    await put(base, {
      ownerId: amazon,
      launchPermissions: [{ group: 'all' }],
      creationDate: '2026-04-01T00:00:00.000Z',
      deprecationTime: '2028-04-01T00:00:00.000Z',
    });
    await put(gone, { state: 'deregistered' });
    await put(disabled, { state: 'disabled', creationDate: '2026-05-04T00:00:00.000Z' });
    await records.tags.put({
      resourceId: base,
      accountId: owner,
      resourceType: 'image',
      tags: { use: 'base' },
    });
  });
});

describe('DescribeImages', () => {
  test('shows own, shared and public images by creation, but no hidden, deregistered or disabled one', async () => {
    expect(await ids()).toEqual([base, mine, shared, publicMine]);
    expect(await ids({}, stranger)).toEqual([base, hidden, shared, publicMine]);
  });

  test('shows every field of an image in the words of the API', async () => {
    const { Images } = await describeAs({ ImageIds: [mine] });
    expect(Images).toEqual([
      {
        ImageId: mine,
        ImageLocation: `${owner}/web-1`,
        State: 'available',
        OwnerId: owner,
        CreationDate: '2026-05-01T00:00:00.000Z',
        Public: false,
        ProductCodes: [],
        Architecture: 'x86_64',
        ImageType: 'machine',
        PlatformDetails: 'Linux/UNIX',
        UsageOperation: 'RunInstances',
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: {
              DeleteOnTermination: true,
              SnapshotId: hexId('snap', 1),
              VolumeSize: 8,
              VolumeType: 'gp2',
              Encrypted: false,
            },
          },
        ],
        Description: 'first',
        Hypervisor: 'xen',
        Name: 'web-1',
        RootDeviceName: '/dev/xvda',
        RootDeviceType: 'ebs',
        VirtualizationType: 'hvm',
        DeregistrationProtection: 'disabled',
        LastLaunchedTime: '2026-05-02T00:00:00.000Z',
        FreeTierEligible: false,
        Tags: [],
      },
    ]);
  });

  test('refuses the whole call for unknown and hidden ids alike, and for malformed ones', async () => {
    expect(await refusal(describeAs({ ImageIds: [mine, hidden] }))).toEqual([
      'InvalidAMIID.NotFound',
      `The image id '[${hidden}]' does not exist`,
      400,
    ]);
    expect((await refusal(describeAs({ ImageIds: [hidden, hexId('ami', 99)] })))[1]).toBe(
      `The image ids '[${hidden}, ${hexId('ami', 99)}]' do not exist`,
    );
    expect((await refusal(describeAs({ ImageIds: [gone] }, stranger)))[0]).toBe('InvalidAMIID.NotFound');
    expect(await refusal(describeAs({ ImageIds: ['snap-1'] }))).toEqual([
      'InvalidAMIID.Malformed',
      'Invalid id: "snap-1" (expecting "ami-...")',
      400,
    ]);
  });

  test('leaves out an own deregistered image, and a disabled one unless asked for it', async () => {
    expect(await ids({ ImageIds: [gone, mine] })).toEqual([mine]);
    expect(await ids({ ImageIds: [disabled] })).toEqual([]);
    expect(await ids({ ImageIds: [disabled], IncludeDisabled: true })).toEqual([disabled]);
    expect(await ids({ IncludeDisabled: true })).toContain(disabled);
    expect(await ids({ IncludeDisabled: true }, stranger)).not.toContain(disabled);
  });

  test('narrows to owners: self, aliases and account ids', async () => {
    expect(await ids({ Owners: ['self'] })).toEqual([mine, publicMine]);
    expect(await ids({ Owners: ['amazon', stranger] })).toEqual([base, shared]);
    expect(await ids({ Owners: ['aws-marketplace'] })).toEqual([]);
    expect(await ids({ Owners: ['self'], ImageIds: [base, mine] })).toEqual([mine]);
    expect(await refusal(describeAs({ Owners: ['me'] }))).toEqual([
      'InvalidUserID.Malformed',
      'Invalid user id: "me"',
      400,
    ]);
  });

  test('narrows to who may launch: self means by name, all the public, another account of own images', async () => {
    expect(await ids({ ExecutableUsers: ['self'] })).toEqual([shared]);
    expect(await ids({ ExecutableUsers: [owner] })).toEqual([shared]);
    expect(await ids({ ExecutableUsers: ['all'] })).toEqual([base, publicMine]);
    expect(await ids({ ExecutableUsers: [stranger] })).toEqual([publicMine]);
    expect(await ids({ ExecutableUsers: ['self', 'all'] })).toEqual([base, shared, publicMine]);
  });

  test('hides deprecated images from all but their owner, unless asked for them', async () => {
    region.time = new Date('2028-04-01T00:00:00.000Z');
    expect(await ids()).not.toContain(base);
    expect(await ids({}, amazon)).toContain(base);
    expect(await ids({ IncludeDeprecated: true })).toContain(base);
    expect(await ids({ ImageIds: [base] })).toEqual([base]);
  });

  test("shows and filters by the caller's own tags only", async () => {
    const filter = { Filters: [{ Name: 'tag:use', Values: ['ba*'] }] };
    const { Images } = await describeAs(filter);
    expect(Images?.map(image => [image.ImageId, image.Tags, image.ImageOwnerAlias])).toEqual([
      [base, [{ Key: 'use', Value: 'base' }], 'amazon'],
    ]);
    expect(await ids(filter, stranger)).toEqual([]);
    expect((await describeAs({ ImageIds: [base] }, stranger)).Images?.[0]?.Tags).toEqual([]);
  });

  test('filters what the ids select', async () => {
    expect(await ids({ ImageIds: [mine, base], Filters: [{ Name: 'name', Values: ['web-?'] }] })).toEqual([
      mine,
    ]);
    expect(await ids({ Filters: [{ Name: 'owner-alias', Values: ['amazon'] }] })).toEqual([base]);
    expect(await ids({ Filters: [{ Name: 'is-public', Values: ['true'] }] })).toEqual([base, publicMine]);
    expect(await ids({ Filters: [{ Name: 'block-device-mapping.volume-size', Values: ['9'] }] })).toEqual([]);
    expect(await refusal(describeAs({ Filters: [{ Name: 'colour', Values: ['red'] }] }))).toEqual([
      'InvalidParameterValue',
      "The filter 'colour' is invalid",
      400,
    ]);
  });

  test('knows all 37 filters, the two on tags included', () => {
    expect(Object.keys(imageFilters)).toHaveLength(35);
  });

  test('pages in a stable order and gives no token at the end', async () => {
    const first = await describeAs({ MaxResults: 3 });
    expect(first.Images).toHaveLength(3);
    const second = await describeAs({ MaxResults: 3, NextToken: first.NextToken });
    expect(second.Images?.map(image => image.ImageId)).toEqual([publicMine]);
    expect(second.NextToken).toBeUndefined();
    expect(await refusal(describeAs({ MaxResults: 3, ImageIds: [mine] }))).toEqual([
      'InvalidParameterCombination',
      'The parameter imageIdsSet cannot be used with the parameter maxResults',
      400,
    ]);
    expect((await refusal(describeAs({ NextToken: 'x' })))[0]).toBe('InvalidNextToken');
    expect((await refusal(describeAs({ MaxResults: 0 })))[0]).toBe('InvalidParameterValue');
  });
});
