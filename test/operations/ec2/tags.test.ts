import type { DescribeTagsResult, Tag } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { deleteTags } from '../../../src/operations/ec2/delete-tags.ts';
import { describeTags } from '../../../src/operations/ec2/describe-tags.ts';
import { anImage, anInstance, anInterface, aSnapshot, aVolume, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const [image, snapshot, volume, instance, group, rule, key, vpc, subnet, eni] = [
  'ami',
  'snap',
  'vol',
  'i',
  'sg',
  'sgr',
  'key',
  'vpc',
  'subnet',
  'eni',
].map(prefix => hexId(prefix, 1)) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

const create = (Resources: string[], Tags: Tag[], account?: string) =>
  region.call(createTags, { Resources, Tags }, account);
const remove = (Resources: string[], Tags?: Tag[], account?: string) =>
  region.call(deleteTags, { Resources, Tags }, account);
const all = async (account?: string, input: object = {}) =>
  (await region.call<DescribeTagsResult>(describeTags, input, account)).Tags!.map(
    tag => `${tag.ResourceType} ${tag.ResourceId} ${tag.Key}=${tag.Value}`,
  );

beforeEach(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    await records.images.put(anImage({ launchPermissions: [{ group: 'all' }] }));
    await records.snapshots.put(aSnapshot());
    await records.volumes.put(aVolume());
    await records.networkInterfaces.put(anInterface());
    await records.instances.put(anInstance());
    await records.vpcs.put({ vpcId: vpc, ownerId: owner, cidrBlock: '172.31.0.0/16', isDefault: true });
    await records.subnets.put({
      subnetId: subnet,
      vpcId: vpc,
      ownerId: owner,
      cidrBlock: '172.31.0.0/20',
      availabilityZone: 'us-east-1a',
      defaultForAz: true,
    });
    await records.securityGroups.put({
      groupId: group,
      groupName: 'web',
      description: '',
      ownerId: owner,
      vpcId: vpc,
      rules: [{ securityGroupRuleId: rule, isEgress: true, ipProtocol: '-1', fromPort: -1, toPort: -1 }],
    });
    await records.keyPairs.put({
      keyPairId: key,
      ownerId: owner,
      keyName: 'mine',
      keyType: 'rsa',
      fingerprint: '',
      publicKey: '',
      createTime: '2026-05-01T00:00:00.000Z',
    });
  });
});

describe('CreateTags', () => {
  test('tags resources of every kind at once', async () => {
    await create(
      [image, snapshot, volume, instance, group, rule, key, vpc, subnet, eni],
      [{ Key: 'a', Value: '1' }],
    );
    expect((await all()).map(line => line.split(' ')[0])).toEqual([
      'image',
      'network-interface',
      'instance',
      'key-pair',
      'security-group',
      'security-group-rule',
      'snapshot',
      'subnet',
      'volume',
      'vpc',
    ]);
  });

  test('overwrites a value, keeps other tags, and takes an absent value for an empty one', async () => {
    await create(
      [volume],
      [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    );
    await create([volume], [{ Key: 'a' }, { Key: '__proto__', Value: 'x' }]);
    expect(await all()).toEqual([
      `volume ${volume} __proto__=x`,
      `volume ${volume} a=`,
      `volume ${volume} b=2`,
    ]);
  });

  test('on a public image are private to the account that set them', async () => {
    await create([image], [{ Key: 'mine', Value: '1' }]);
    await create([image], [{ Key: 'theirs', Value: '2' }], stranger);
    expect(await all()).toEqual([`image ${image} mine=1`]);
    expect(await all(stranger)).toEqual([`image ${image} theirs=2`]);
  });

  test('reach the guest where its metadata shows tags', async () => {
    await create([instance], [{ Key: 'a', Value: '1' }]);
    expect(region.jobs).toEqual([]);
    await region.records.transaction(async records =>
      records.instances.put(
        anInstance({
          metadataOptions: { ...anInstance().metadataOptions, instanceMetadataTags: 'enabled' },
        }),
      ),
    );
    await create([instance], [{ Key: 'a', Value: '2' }]);
    await remove([instance]);
    expect(region.jobs).toEqual(Array(2).fill({ kind: 'apply-vpc', subject: vpc, input: { vpcId: vpc } }));
  });

  const many = Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: '' }));
  test.each<[string, string[], Tag[], string, string]>([
    ['what is no id', ['foo'], [{ Key: 'a' }], 'InvalidID', "The ID 'foo' is not valid"],
    ['a malformed id', ['ami-zz'], [{ Key: 'a' }], 'InvalidID', "The ID 'ami-zz' is not valid"],
    [
      'an id of a kind that has no tags',
      [hexId('constructor', 1)],
      [{ Key: 'a' }],
      'InvalidID',
      `The ID '${hexId('constructor', 1)}' is not valid`,
    ],
    [
      'a missing image',
      [hexId('ami', 2)],
      [{ Key: 'a' }],
      'InvalidAMIID.NotFound',
      `The image id '[${hexId('ami', 2)}]' does not exist`,
    ],
    [
      'a missing snapshot',
      [hexId('snap', 2)],
      [{ Key: 'a' }],
      'InvalidSnapshot.NotFound',
      `The snapshot '${hexId('snap', 2)}' does not exist.`,
    ],
    [
      'a missing instance',
      [hexId('i', 2)],
      [{ Key: 'a' }],
      'InvalidInstanceID.NotFound',
      `The instance ID '${hexId('i', 2)}' does not exist`,
    ],
    [
      'a missing security group',
      [hexId('sg', 2)],
      [{ Key: 'a' }],
      'InvalidGroup.NotFound',
      `The security group '${hexId('sg', 2)}' does not exist`,
    ],
    [
      'no resource',
      [],
      [{ Key: 'a' }],
      'MissingParameter',
      'The request must contain the parameter ResourceId',
    ],
    ['no tag', [volume], [], 'MissingParameter', 'The request must contain the parameter Tag'],
    [
      'a reserved key',
      [volume],
      [{ Key: 'aws:name', Value: 'x' }],
      'InvalidParameterValue',
      "Tag keys starting with 'aws:' are reserved for internal use",
    ],
    [
      'a key given twice',
      [volume],
      [{ Key: 'a' }, { Key: 'a', Value: '1' }],
      'InvalidParameterValue',
      "Duplicate tag key 'a' specified.",
    ],
    [
      'more than 50 tags',
      [volume],
      many,
      'TagLimitExceeded',
      'The maximum number of Tags for a resource has been reached.',
    ],
    [
      'a key of 129 characters',
      [volume],
      [{ Key: 'k'.repeat(129) }],
      'InvalidParameterValue',
      `Tag key exceeds the maximum length of 128 characters: '${'k'.repeat(129)}'`,
    ],
    [
      'a value of 257 characters',
      [volume],
      [{ Key: 'k', Value: 'v'.repeat(257) }],
      'InvalidParameterValue',
      `Tag value exceeds the maximum length of 256 characters: '${'v'.repeat(257)}'`,
    ],
  ])('refuses %s, and tags nothing', async (_what, resources, tags, code, message) => {
    expect(await refusal(create(resources.length ? [snapshot, ...resources] : [], tags))).toEqual([
      code,
      message,
      400,
    ]);
    expect(await all()).toEqual([]);
  });

  test("does not tell another account's resources from missing ones", async () => {
    for (const id of [snapshot, volume, instance, key, vpc, subnet, group, rule, eni])
      expect((await refusal(create([id], [{ Key: 'a' }], stranger)))[1]).toContain('does not exist');
  });

  test('counts the tags that are there already', async () => {
    await create([volume], many.slice(0, 50));
    await create([volume], [{ Key: 'k0', Value: 'again' }]);
    expect((await refusal(create([volume], [{ Key: 'one more' }])))[0]).toBe('TagLimitExceeded');
  });

  test("does not count Amazon's own", async () => {
    const own = { resourceId: volume, accountId: owner, resourceType: 'volume', tags: { 'aws:x': 'y' } };
    await region.records.transaction(records => records.tags.put(own));
    await create([volume], many.slice(0, 50));
    expect(await all()).toHaveLength(51);
  });
});

describe('DeleteTags', () => {
  beforeEach(async () => {
    await create(
      [volume],
      [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '' },
        { Key: 'c', Value: '3' },
      ],
    );
  });

  test('takes a key whatever its value, or only with the value given', async () => {
    await remove([volume], [{ Key: 'a' }, { Key: 'c', Value: '' }, { Key: 'b', Value: '' }, { Key: 'none' }]);
    expect(await all()).toEqual([`volume ${volume} c=3`]);
  });

  test('takes all without a list of tags, but those of the account alone', async () => {
    await create([image], [{ Key: 'theirs' }], stranger);
    await remove([volume, image]);
    expect(await all()).toEqual([]);
    expect(await all(stranger)).toHaveLength(1);
  });

  test('refuses reserved keys and unknown resources', async () => {
    expect((await refusal(remove([volume], [{ Key: 'aws:x' }])))[0]).toBe('InvalidParameterValue');
    expect((await refusal(remove([hexId('vol', 2)])))[0]).toBe('InvalidVolume.NotFound');
  });
});

describe('DescribeTags', () => {
  test('filters by resource, type, key and value, and pages', async () => {
    await create(
      [volume, snapshot],
      [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
        { Key: 'c', Value: '3' },
      ],
    );
    const by = (Name: string, Value: string) => all(owner, { Filters: [{ Name, Values: [Value] }] });
    expect(await by('resource-id', volume)).toHaveLength(3);
    expect(await by('resource-type', 'snapshot')).toHaveLength(3);
    expect(await by('key', 'a')).toHaveLength(2);
    expect(await by('value', '2')).toHaveLength(2);
    expect(await by('tag:c', '3')).toHaveLength(2);
    expect(await by('tag:c', '1')).toHaveLength(0);
    const first = await region.call<DescribeTagsResult>(describeTags, { MaxResults: 5 });
    expect(first.Tags).toHaveLength(5);
    expect(await all(owner, { MaxResults: 5, NextToken: first.NextToken })).toEqual([`volume ${volume} c=3`]);
    expect((await refusal(by('colour', 'red')))[1]).toBe("The filter 'colour' is invalid");
    expect((await refusal(all(owner, { MaxResults: 1001 })))[0]).toBe('InvalidParameterValue');
  });
});
