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

  describe('goes on with a token', () => {
    const question = { MaxResults: 2, Filters: [{ Name: 'state', Values: ['available'] }] };

    test('of the same caller and question only', async () => {
      const { NextToken } = await describeAs(question);
      expect(await ids({ ...question, NextToken })).toEqual([shared, publicMine]);
      expect(await ids({ ...question, MaxResults: 1, NextToken })).toEqual([shared]);
      const elsewhere: [DescribeImagesRequest, string][] = [
        [question, stranger],
        [{ ...question, Filters: [{ Name: 'state', Values: ['pending'] }] }, owner],
        [{ ...question, Owners: ['self'] }, owner],
        [{ ...question, IncludeDeprecated: true }, owner],
      ];
      for (const [input, account] of elsewhere)
        expect((await refusal(describeAs({ ...input, NextToken }, account)))[0]).toBe('InvalidNextToken');
    });

    test('that nobody changed', async () => {
      const { NextToken } = await describeAs(question);
      const changed = `${NextToken!.startsWith('A') ? 'B' : 'A'}${NextToken!.slice(1)}`;
      for (const token of [changed, NextToken!.slice(0, -4), 'x', 'é', btoa('["DescribeImages","2026"]')])
        expect((await refusal(describeAs({ ...question, NextToken: token })))[0]).toBe('InvalidNextToken');
    });

    test('past images that the page before ended with and that are gone', async () => {
      const { Images, NextToken } = await describeAs(question);
      await region.records.transaction(writer => writer.images.delete(Images!.at(-1)!.ImageId!));
      expect(await ids({ ...question, NextToken })).toEqual([shared, publicMine]);
    });
  });

  test('shows every image once, page by page, whatever the filters and however rare what they admit', async () => {
    await region.records.transaction(async records => {
      for (let number = 100; number < 2500; number++)
        await records.images.put(
          anImage({
            imageId: hexId('ami', number),
            ownerId: number % 2 ? owner : stranger,
            name: `many-${number}`,
            creationDate: new Date(Date.UTC(2026, 0, 1) + (number % 700) * 60_000).toISOString(),
            launchPermissions: number % 3 ? [{ group: 'all' }, { userId: owner }] : [],
            architecture: number % 400 === 1 ? 'arm64' : 'x86_64',
            ...(number % 5 === 0 && { deprecationTime: '2028-01-01T00:00:00.000Z' }),
          }),
        );
    });
    const walk = async (input: DescribeImagesRequest) => {
      const seen: string[] = [];
      let NextToken: string | undefined;
      do {
        const answer = await describeAs({ ...input, ...(NextToken && { NextToken }) });
        expect(answer.Images!.length).toBeLessThanOrEqual(input.MaxResults ?? 10_000);
        seen.push(...answer.Images!.map(image => image.ImageId!));
        NextToken = answer.NextToken;
      } while (NextToken);
      expect(new Set(seen).size).toBe(seen.length);
      return seen.sort();
    };
    for (const input of [
      {},
      { Owners: ['self'] },
      { ExecutableUsers: ['self'] },
      { Filters: [{ Name: 'architecture', Values: ['arm64'] }] },
      { Filters: [{ Name: 'name', Values: ['many-?00*', 'web-1'] }] },
    ]) {
      const whole = await walk(input);
      expect(whole.length).toBeGreaterThan(3);
      expect(await walk({ ...input, MaxResults: 7 + Math.floor(whole.length / 5) })).toEqual(whole);
    }
  });

  test('finds by the filters that an index answers what it finds without', async () => {
    const other = hexId('snap', 7);
    const device = anImage().blockDeviceMappings[0]!;
    await region.records.transaction(async records => {
      const image = await records.images.get(shared);
      await records.images.put({
        ...image!,
        sourceImageId: base,
        sourceInstanceId: hexId('i', 5),
        productCodes: ['abc'],
        blockDeviceMappings: [{ ...device, ebs: { ...device.ebs!, snapshotId: other } }],
      });
    });
    const by = (Name: string, ...Values: string[]) => ids({ Filters: [{ Name, Values }] });
    expect(await by('image-id', shared, hidden, hexId('ami', 99))).toEqual([shared]);
    expect(await by('image-id', `${shared.slice(0, -1)}*`)).toEqual([base, mine, shared, publicMine]);
    expect(await by('block-device-mapping.snapshot-id', other)).toEqual([shared]);
    expect(await by('source-image-id', base)).toEqual([shared]);
    expect(await by('source-instance-id', hexId('i', 5))).toEqual([shared]);
    expect(await by('product-code', 'abc')).toEqual([shared]);
    expect(await by('name', 'web-1', 'image of*5')).toEqual([base, mine]);
    expect(await by('name', `image of ${hidden}`)).toEqual([]);
    expect(await by('name', 'WEB-1')).toEqual([]);
    expect(await by('tag:use', 'base', 'other')).toEqual([base]);
    expect(await by('tag:use', 'b?se')).toEqual([base]);
    expect(await by('tag-key', 'use')).toEqual([base]);
    expect(await by('tag-key', 'us')).toEqual([]);
  });

  test('refuses filters without a name or values, and more than 200 values, as AWS does', async () => {
    const refused = async (...Filters: NonNullable<DescribeImagesRequest['Filters']>) =>
      (await refusal(describeAs({ Filters }))).slice(0, 2);
    expect(await refused({ Values: ['x'] })).toEqual([
      'InvalidParameterValue',
      "The filter 'null' is invalid",
    ]);
    expect((await refused({ Name: 'name' }))[0]).toBe('InvalidParameterValue');
    const many = Array.from({ length: 201 }, (_, number) => `*${number}*`);
    expect(await refused({ Name: 'name', Values: many })).toEqual([
      'FilterLimitExceeded',
      'The maximum number of filter values specified on a single call is 200',
    ]);
    expect(await ids({ Filters: [{ Name: 'name', Values: many.slice(1) }] })).not.toEqual([]);
  });

  test('takes any text as a filter value, however long', async () => {
    for (const value of [
      '你好🦭',
      '*🦭*',
      '\\',
      '[a-z]*',
      '%',
      `*${'a?'.repeat(50_000)}`,
      '*'.repeat(90_000),
    ])
      expect(await ids({ Filters: [{ Name: 'name', Values: [value] }] })).toEqual(
        /^\*+$/.test(value) ? [base, mine, shared, publicMine] : [],
      );
  });
});
