import type {
  DescribeImageReferencesResult,
  DescribeInstanceImageMetadataResult,
  GetImageAncestryResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createLaunchTemplate } from '../../../src/operations/ec2/create-launch-template.ts';
import { createLaunchTemplateVersion } from '../../../src/operations/ec2/create-launch-template-version.ts';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { deregisterImage } from '../../../src/operations/ec2/deregister-image.ts';
import { describeImageReferences } from '../../../src/operations/ec2/describe-image-references.ts';
import { describeInstanceImageMetadata } from '../../../src/operations/ec2/describe-instance-image-metadata.ts';
import { getImageAncestry } from '../../../src/operations/ec2/get-image-ancestry.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { putParameter } from '../../../src/operations/ssm/put-parameter.ts';
import { amazon, stranger, type TestRegion, testRegion } from '../region.ts';
import { change, imageId, instanceIn, launch, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(async () => {
  region = testRegion();
});

const ami = (number: number) => `ami-${String(number).padStart(17, '0')}`;
const child = (number: number, of: number, changes: object = {}) =>
  putImage(region, {
    ...{ imageId: ami(number), name: `n${number}`, sourceImageId: ami(of), sourceImageRegion: 'us-east-1' },
    ...changes,
  });

describe('GetImageAncestry', () => {
  const ancestry = async (ImageId: string) =>
    (await region.call<GetImageAncestryResult>(getImageAncestry, { ImageId })).ImageAncestryEntries!;
  const idsOf = async (id: string) => (await ancestry(id)).map(entry => entry.ImageId);

  test('goes from the image to one that has no source', async () => {
    await putImage(region, { imageId: ami(1), name: 'n1' });
    await child(2, 1);
    await child(3, 2);
    const created = new Date('2026-05-10T13:00:00.000Z');
    expect(await ancestry(ami(3))).toEqual([
      { ImageId: ami(3), SourceImageId: ami(2), SourceImageRegion: 'us-east-1', CreationDate: created },
      { ImageId: ami(2), SourceImageId: ami(1), SourceImageRegion: 'us-east-1', CreationDate: created },
      { ImageId: ami(1), CreationDate: created },
    ]);
  });

  test('ends at a public image of Amazon’s, whatever that was made of', async () => {
    await putImage(region, { imageId: ami(1), name: 'n1' });
    await child(2, 1, { ownerId: amazon, launchPermissions: [{ group: 'all' }] });
    await child(3, 2);
    expect(await ancestry(ami(3))).toMatchObject([
      { ImageId: ami(3) },
      { ImageId: ami(2), ImageOwnerAlias: 'amazon' },
    ]);
  });

  test('names a source that is hidden, gone or in another region, and follows it no further', async () => {
    await putImage(region, { imageId: ami(1), name: 'n1', ownerId: stranger });
    await child(2, 1);
    await child(4, 3);
    await putImage(region, { imageId: ami(5), name: 'n5' });
    await child(6, 5, { sourceImageRegion: 'eu-west-1' });
    for (const [id, source] of [
      [2, 1],
      [4, 3],
      [6, 5],
    ])
      expect(await ancestry(ami(id!))).toMatchObject([{ ImageId: ami(id!), SourceImageId: ami(source!) }]);
  });

  test('goes on through own images that were deregistered', async () => {
    await putImage(region, { imageId: ami(1), name: 'n1' });
    await child(2, 1, { state: 'deregistered' });
    await child(3, 2);
    expect(await idsOf(ami(3))).toEqual([ami(3), ami(2), ami(1)]);
  });

  test('is fifty images long at most', async () => {
    await putImage(region, { imageId: ami(0), name: 'n0' });
    for (let n = 1; n <= 60; n++) await child(n, n - 1);
    expect(await idsOf(ami(60))).toHaveLength(50);
  });

  test('is refused for no image, a malformed id and a hidden image', async () => {
    await putImage(region, { imageId: ami(1), name: 'n1', ownerId: stranger });
    await refusal(region, getImageAncestry, {}, { code: 'MissingParameter' });
    await refusal(region, getImageAncestry, { ImageId: 'x' }, { code: 'InvalidAMIID.Malformed' });
    await refusal(region, getImageAncestry, { ImageId: ami(1) }, { code: 'InvalidAMIID.NotFound' });
  });
});

describe('DescribeInstanceImageMetadata', () => {
  const describeMetadata = (input: object = {}) =>
    region.call<DescribeInstanceImageMetadataResult>(describeInstanceImageMetadata, input);
  const found = async (Name: string, ...Values: string[]) =>
    (await describeMetadata({ Filters: [{ Name, Values }] })).InstanceImageMetadata!.map(
      one => one.InstanceId,
    );

  test('shows an instance with its image, also a deregistered one', async () => {
    await putImage(region);
    const [instance] = await launch(region);
    await region.call(createTags, { Resources: [instance!.InstanceId], Tags: [{ Key: 'a', Value: 'b' }] });
    await region.call(deregisterImage, { ImageId: imageId });
    expect((await describeMetadata()).InstanceImageMetadata).toEqual([
      {
        ...{ InstanceId: instance!.InstanceId, InstanceType: 't3.micro', LaunchTime: region.time },
        ...{
          AvailabilityZone: 'us-east-1a',
          ZoneId: expect.any(String),
          State: { Code: 0, Name: 'pending' },
        },
        ...{ OwnerId: '111122223333', Tags: [{ Key: 'a', Value: 'b' }] },
        ImageMetadata: {
          ...{
            ImageId: imageId,
            Name: 'tiny',
            OwnerId: '111122223333',
            State: 'deregistered',
            IsPublic: false,
          },
          CreationDate: '2026-05-10T13:00:00.000Z',
        },
      },
    ]);
  });

  test('filters', async () => {
    await putImage(region, { ownerId: amazon, launchPermissions: [{ group: 'all' }] });
    await putImage(region, { imageId: ami(1), name: 'own' });
    const [ofAmazon] = await launch(region);
    const ofOwn = await instanceIn(region, 'running', { ImageId: ami(1), InstanceType: 't3.nano' });
    await change(region, ofOwn, { launchTime: '2026-05-09T00:00:00.000Z', availabilityZone: 'us-east-1b' });
    await region.call(createTags, { Resources: [ofOwn], Tags: [{ Key: 'a', Value: 'b' }] });
    expect(await found('owner-alias', 'amazon')).toEqual([ofAmazon!.InstanceId]);
    expect(await found('owner-id', '111122223333')).toEqual([ofOwn]);
    expect(await found('instance-id', ofOwn)).toEqual([ofOwn]);
    expect(await found('instance-state-name', 'running')).toEqual([ofOwn]);
    expect(await found('instance-type', 't3.nano')).toEqual([ofOwn]);
    expect(await found('launch-time', '2026-05-09*')).toEqual([ofOwn]);
    expect(await found('availability-zone', 'us-east-1b')).toEqual([ofOwn]);
    expect(await found('tag:a', 'b')).toEqual([ofOwn]);
    expect(await found('tag-key', 'a')).toEqual([ofOwn]);
    expect(await found('image-allowed', 'true')).toEqual([]);
    expect(await found('zone-id', 'nowhere')).toEqual([]);
    await refusal(
      region,
      describeInstanceImageMetadata,
      { Filters: [{ Name: 'image-id', Values: ['x'] }] },
      { code: 'InvalidParameterValue', message: "The filter 'image-id' is invalid" },
    );
  });

  test('comes in pages, or by ids', async () => {
    await putImage(region);
    const ids = (await launch(region, { MinCount: 3, MaxCount: 3 })).map(one => one.InstanceId!).sort();
    const first = await describeMetadata({ MaxResults: 2 });
    const second = await describeMetadata({ MaxResults: 2, NextToken: first.NextToken });
    const shown = [...first.InstanceImageMetadata!, ...second.InstanceImageMetadata!];
    expect(shown.map(one => one.InstanceId)).toEqual(ids);
    expect(second.NextToken).toBeUndefined();
    const both = { InstanceIds: [ids[0]], MaxResults: 5 };
    await refusal(region, describeInstanceImageMetadata, both, { code: 'InvalidParameterCombination' });
    await refusal(
      region,
      describeInstanceImageMetadata,
      { InstanceIds: ['i-00000000000000000'] },
      { code: 'InvalidInstanceID.NotFound' },
    );
    await refusal(
      region,
      describeInstanceImageMetadata,
      { MaxResults: 1001 },
      { code: 'InvalidParameterValue' },
    );
  });
});

describe('DescribeImageReferences', () => {
  const references = async (input: object) =>
    (await region.call<DescribeImageReferencesResult>(describeImageReferences, input)).ImageReferences!;
  const template = (LaunchTemplateData: object, LaunchTemplateName: string) =>
    region.call<{ LaunchTemplate: { LaunchTemplateId: string } }>(createLaunchTemplate, {
      LaunchTemplateName,
      LaunchTemplateData,
    });

  test('lists instances, templates and parameters of the caller that name the image', async () => {
    await putImage(region, { launchPermissions: [{ group: 'all' }] });
    const [instance] = await launch(region);
    await region.call(runInstances, { ImageId: imageId, MinCount: 1, MaxCount: 1 }, stranger);
    const { LaunchTemplate } = await template({ ImageId: imageId }, 'web');
    await template({ InstanceType: 't3.micro' }, 'other');
    await region.call(putParameter, {
      ...{ Name: '/golden', Value: imageId, Type: 'String' },
      DataType: 'aws:ec2:image',
    });
    const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:111122223333:${rest}`;
    expect(await references({ ImageIds: [imageId], IncludeAllResourceTypes: true })).toEqual([
      { ImageId: imageId, ResourceType: 'ec2:Instance', Arn: arn('ec2', `instance/${instance!.InstanceId}`) },
      {
        ImageId: imageId,
        ResourceType: 'ec2:LaunchTemplate',
        Arn: arn('ec2', `launch-template/${LaunchTemplate.LaunchTemplateId}`),
      },
      { ImageId: imageId, ResourceType: 'ssm:Parameter', Arn: arn('ssm', 'parameter/golden') },
    ]);
  });

  test('looks at instances in the states, and at as many template versions, as it is told', async () => {
    await putImage(region);
    const running = await instanceIn(region, 'running');
    await instanceIn(region, 'stopped');
    await template({ ImageId: imageId }, 'web');
    await region.call(createLaunchTemplateVersion, {
      LaunchTemplateName: 'web',
      LaunchTemplateData: { InstanceType: 't3.micro' },
    });
    const option = (OptionName: string, ...OptionValues: string[]) => [{ OptionName, OptionValues }];
    const ask = (ResourceType: string, ResourceTypeOptions?: object) =>
      references({ ImageIds: [imageId], ResourceTypes: [{ ResourceType, ResourceTypeOptions }] });
    expect(await ask('ec2:Instance')).toHaveLength(2);
    const found = await ask('ec2:Instance', option('state-name', 'running'));
    expect(found.map(one => one.Arn!.split('/')[1])).toEqual([running]);
    expect(await ask('ec2:LaunchTemplate')).toHaveLength(1);
    expect(await ask('ec2:LaunchTemplate', option('version-depth', '1'))).toEqual([]);
    expect(await ask('ec2:LaunchTemplate', option('version-depth', '2'))).toHaveLength(1);
    expect(await ask('imagebuilder:ImageRecipe')).toEqual([]);
  });

  test.each([
    [{}, 'MissingParameter'],
    [{ ImageIds: [imageId] }, 'MissingParameter'],
    [{ ImageIds: ['x'], IncludeAllResourceTypes: true }, 'InvalidAMIID.Malformed'],
    [{ ImageIds: [ami(9)], IncludeAllResourceTypes: true }, 'InvalidAMIID.NotFound'],
    [{ ImageIds: Array.from({ length: 11 }, (_, n) => ami(n)) }, 'InvalidParameterValue'],
    [{ ImageIds: [imageId], IncludeAllResourceTypes: true, MaxResults: 4 }, 'InvalidParameterValue'],
    [{ ImageIds: [imageId], ResourceTypes: [{ ResourceType: 's3:Object' }] }, 'InvalidParameterValue'],
    [
      {
        ImageIds: [imageId],
        ResourceTypes: [
          {
            ResourceType: 'ec2:LaunchTemplate',
            ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['10001'] }],
          },
        ],
      },
      'InvalidParameterValue',
    ],
  ])('refuses %j as %s', async (input, code) => {
    await putImage(region);
    await refusal(region, describeImageReferences, input, { code });
  });
});
