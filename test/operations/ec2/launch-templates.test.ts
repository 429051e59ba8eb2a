import type {
  CreateLaunchTemplateResult,
  CreateLaunchTemplateVersionResult,
  DeleteLaunchTemplateVersionsResult,
  DescribeLaunchTemplatesResult,
  DescribeLaunchTemplateVersionsResult,
  DescribeTagsResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createLaunchTemplate } from '../../../src/operations/ec2/create-launch-template.ts';
import { createLaunchTemplateVersion } from '../../../src/operations/ec2/create-launch-template-version.ts';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { deleteLaunchTemplate } from '../../../src/operations/ec2/delete-launch-template.ts';
import { deleteLaunchTemplateVersions } from '../../../src/operations/ec2/delete-launch-template-versions.ts';
import { describeLaunchTemplateVersions } from '../../../src/operations/ec2/describe-launch-template-versions.ts';
import { describeLaunchTemplates } from '../../../src/operations/ec2/describe-launch-templates.ts';
import { describeTags } from '../../../src/operations/ec2/describe-tags.ts';
import { modifyLaunchTemplate } from '../../../src/operations/ec2/modify-launch-template.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { refusal } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(() => {
  region = testRegion();
});

const create = async (
  LaunchTemplateName = 'web',
  LaunchTemplateData: object = { InstanceType: 't3.micro' },
) =>
  (
    await region.call<CreateLaunchTemplateResult>(createLaunchTemplate, {
      LaunchTemplateName,
      LaunchTemplateData,
    })
  ).LaunchTemplate!;
const addVersion = async (LaunchTemplateData: object, more: object = {}) =>
  (
    await region.call<CreateLaunchTemplateVersionResult>(createLaunchTemplateVersion, {
      ...{ LaunchTemplateName: 'web', LaunchTemplateData },
      ...more,
    })
  ).LaunchTemplateVersion!;
const versions = async (input: object = { LaunchTemplateName: 'web' }) =>
  (await region.call<DescribeLaunchTemplateVersionsResult>(describeLaunchTemplateVersions, input))
    .LaunchTemplateVersions!;
const numbers = async (input: object) =>
  (await versions({ LaunchTemplateName: 'web', ...input })).map(version => version.VersionNumber);
const templates = (input: object = {}) =>
  region.call<DescribeLaunchTemplatesResult>(describeLaunchTemplates, input);
const nameNotFound = {
  code: 'InvalidLaunchTemplateName.NotFoundException',
  message: 'The specified launch template, with template name web, does not exist.',
};
const idNotFound = { code: 'InvalidLaunchTemplateId.NotFound' };
const noVersion = { code: 'InvalidLaunchTemplateId.VersionNotFound' };

describe('CreateLaunchTemplate', () => {
  test('makes the first version, which is the default', async () => {
    const answer = await region.call<CreateLaunchTemplateResult>(createLaunchTemplate, {
      ...{ LaunchTemplateName: 'web', VersionDescription: 'first' },
      LaunchTemplateData: { InstanceType: 't3.micro', ImageId: '', UserData: 'aGk=' },
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'a', Value: 'b' }] }],
    });
    const { LaunchTemplate } = answer;
    expect(LaunchTemplate).toEqual({
      LaunchTemplateId: expect.stringMatching(/^lt-[0-9a-f]{17}$/),
      ...{ LaunchTemplateName: 'web', CreateTime: region.time, CreatedBy: 'arn:aws:iam::111122223333:root' },
      ...{ DefaultVersionNumber: 1, LatestVersionNumber: 1, Tags: [{ Key: 'a', Value: 'b' }] },
    });
    expect(await templates()).toEqual({ LaunchTemplates: [LaunchTemplate] });
    expect(await versions()).toEqual([
      {
        ...{ LaunchTemplateId: LaunchTemplate!.LaunchTemplateId, LaunchTemplateName: 'web' },
        ...{ VersionNumber: 1, VersionDescription: 'first', DefaultVersion: true },
        ...{ CreateTime: region.time, CreatedBy: 'arn:aws:iam::111122223333:root' },
        LaunchTemplateData: { InstanceType: 't3.micro', UserData: 'aGk=' },
      },
    ]);
  });

  test('answers a repeated token as before, and refuses it for another template', async () => {
    const input = {
      LaunchTemplateName: 'web',
      LaunchTemplateData: { KeyName: 'k' },
      ClientToken: 't'.repeat(128),
    };
    const first = await region.call(createLaunchTemplate, input);
    expect(await region.call(createLaunchTemplate, input)).toEqual(first);
    const other = { ...input, LaunchTemplateName: 'other' };
    await refusal(region, createLaunchTemplate, other, { code: 'IdempotentParameterMismatch' });
  });

  test('takes a name once in an account', async () => {
    await create();
    const again = { LaunchTemplateName: 'web', LaunchTemplateData: { KeyName: 'k' } };
    await refusal(region, createLaunchTemplate, again, {
      code: 'InvalidLaunchTemplateName.AlreadyExistsException',
      message: 'Launch template name already in use.',
    });
    await region.call(createLaunchTemplate, again, stranger);
  });

  test.each([
    [{ LaunchTemplateData: { KeyName: 'k' } }, 'MissingParameter'],
    [
      { LaunchTemplateName: 'ab', LaunchTemplateData: { KeyName: 'k' } },
      'InvalidLaunchTemplateName.MalformedException',
    ],
    [
      { LaunchTemplateName: 'a b', LaunchTemplateData: { KeyName: 'k' } },
      'InvalidLaunchTemplateName.MalformedException',
    ],
    [{ LaunchTemplateName: 'web' }, 'MissingParameter'],
    [{ LaunchTemplateName: 'web', LaunchTemplateData: { KeyName: '' } }, 'MissingParameter'],
    [
      {
        LaunchTemplateName: 'web',
        LaunchTemplateData: { KeyName: 'k' },
        VersionDescription: 'x'.repeat(256),
      },
      'InvalidParameterValue',
    ],
  ])('refuses %j as %s', async (input, code) => {
    await refusal(region, createLaunchTemplate, input, { code });
    expect((await templates()).LaunchTemplates).toEqual([]);
  });

  test('makes nothing on a dry run', async () => {
    const input = { LaunchTemplateName: 'web', LaunchTemplateData: { KeyName: 'k' }, DryRun: true };
    await refusal(region, createLaunchTemplate, input, { code: 'DryRunOperation', status: 412 });
    expect((await templates()).LaunchTemplates).toEqual([]);
  });
});

describe('CreateLaunchTemplateVersion', () => {
  test('holds what it is given and no more', async () => {
    await create();
    const version = await addVersion({ KeyName: 'k' }, { VersionDescription: 'second' });
    expect(version).toMatchObject({ VersionNumber: 2, DefaultVersion: false, VersionDescription: 'second' });
    expect(version.LaunchTemplateData).toEqual({ KeyName: 'k' });
    const [template] = (await templates()).LaunchTemplates!;
    expect(template).toMatchObject({ DefaultVersionNumber: 1, LatestVersionNumber: 2 });
  });

  test('is laid over the version it is based on, but for snapshots', async () => {
    const Ebs = { SnapshotId: 'snap-0123456789abcdef0', VolumeSize: 9 };
    await create('web', { InstanceType: 't3.micro', BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs }] });
    const { LaunchTemplateData } = await addVersion(
      { InstanceType: 't3.nano' },
      { SourceVersion: '$Default' },
    );
    expect(LaunchTemplateData).toEqual({
      InstanceType: 't3.nano',
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 9 } }],
    });
  });

  test('is made once for a token', async () => {
    await create();
    const token = { ClientToken: 'token' };
    const first = await addVersion({ KeyName: 'k' }, token);
    expect(await addVersion({ KeyName: 'k' }, token)).toEqual(first);
    expect(await numbers({})).toEqual([2, 1]);
  });

  test('is refused for a template or version there is not', async () => {
    const LaunchTemplateData = { KeyName: 'k' };
    const given = { LaunchTemplateName: 'web', LaunchTemplateData };
    await refusal(region, createLaunchTemplateVersion, given, nameNotFound);
    const LaunchTemplateId = 'lt-00000000000000000';
    await refusal(region, createLaunchTemplateVersion, { LaunchTemplateId, LaunchTemplateData }, idNotFound);
    await create();
    await refusal(region, createLaunchTemplateVersion, { ...given, SourceVersion: '9' }, noVersion);
    await refusal(
      region,
      createLaunchTemplateVersion,
      { ...given, LaunchTemplateId },
      { code: 'InvalidParameterCombination' },
    );
    await refusal(region, createLaunchTemplateVersion, { LaunchTemplateData }, { code: 'MissingParameter' });
    await refusal(region, createLaunchTemplateVersion, given, nameNotFound, stranger);
  });
});

describe('DescribeLaunchTemplates', () => {
  test('finds by id, name, filter and page', async () => {
    const [a, b, c] = [await create('aaa'), await create('bbb'), await create('ccc')];
    await region.call(createTags, { Resources: [b.LaunchTemplateId], Tags: [{ Key: 'k', Value: 'v' }] });
    const names = async (input: object) =>
      (await templates(input)).LaunchTemplates!.map(one => one.LaunchTemplateName).sort();
    expect(await names({ LaunchTemplateIds: [a.LaunchTemplateId] })).toEqual(['aaa']);
    expect(await names({ LaunchTemplateNames: ['bbb', 'ccc'] })).toEqual(['bbb', 'ccc']);
    expect(await names({ Filters: [{ Name: 'launch-template-name', Values: ['c*'] }] })).toEqual(['ccc']);
    expect(await names({ Filters: [{ Name: 'create-time', Values: ['2026-05-10*'] }] })).toHaveLength(3);
    expect(await names({ Filters: [{ Name: 'tag:k', Values: ['v'] }] })).toEqual(['bbb']);
    const first = await templates({ MaxResults: 2 });
    const second = await templates({ MaxResults: 2, NextToken: first.NextToken });
    expect([...first.LaunchTemplates!, ...second.LaunchTemplates!]).toHaveLength(3);
    expect(c.LaunchTemplateId).not.toBe(a.LaunchTemplateId);
    const { Tags } = await region.call<DescribeTagsResult>(describeTags, {});
    expect(Tags).toMatchObject([{ ResourceType: 'launch-template', ResourceId: b.LaunchTemplateId }]);
  });

  test('refuses what the account does not have', async () => {
    const { LaunchTemplateId } = await create();
    await refusal(region, describeLaunchTemplates, { LaunchTemplateNames: ['web'] }, nameNotFound, stranger);
    await refusal(
      region,
      describeLaunchTemplates,
      { LaunchTemplateIds: [LaunchTemplateId] },
      idNotFound,
      stranger,
    );
    const malformed = { code: 'InvalidLaunchTemplateId.Malformed' };
    await refusal(region, describeLaunchTemplates, { LaunchTemplateIds: ['web'] }, malformed);
    await refusal(region, describeLaunchTemplates, { MaxResults: 201 }, { code: 'InvalidParameterValue' });
  });
});

describe('DescribeLaunchTemplateVersions', () => {
  beforeEach(async () => {
    await create();
    await addVersion({ ImageId: 'ami-1', EbsOptimized: true });
    await addVersion({ MetadataOptions: { HttpTokens: 'required' } });
  });

  test('shows the newest first, those asked for', async () => {
    expect(await numbers({})).toEqual([3, 2, 1]);
    expect(await numbers({ Versions: ['$Latest', '$Default', '3'] })).toEqual([3, 1]);
    expect(await numbers({ MinVersion: '2' })).toEqual([3, 2]);
    expect(await numbers({ MinVersion: '1', MaxVersion: '2' })).toEqual([2, 1]);
    expect(await numbers({ Filters: [{ Name: 'image-id', Values: ['ami-1'] }] })).toEqual([2]);
    expect(await numbers({ Filters: [{ Name: 'ebs-optimized', Values: ['true'] }] })).toEqual([2]);
    expect(await numbers({ Filters: [{ Name: 'http-tokens', Values: ['required'] }] })).toEqual([3]);
    expect(await numbers({ Filters: [{ Name: 'is-default-version', Values: ['true'] }] })).toEqual([1]);
    expect(await numbers({ MaxResults: 2 })).toEqual([3, 2]);
  });

  test('shows the latest or default versions of all templates', async () => {
    await create('other');
    const all = await versions({ Versions: ['$Latest'] });
    expect(all.map(one => [one.LaunchTemplateName, one.VersionNumber]).sort()).toEqual([
      ['other', 1],
      ['web', 3],
    ]);
    await refusal(
      region,
      describeLaunchTemplateVersions,
      { Versions: ['1'] },
      { code: 'InvalidParameterValue' },
    );
    await refusal(region, describeLaunchTemplateVersions, {}, { code: 'MissingParameter' });
  });

  test('refuses versions there are not', async () => {
    const ask = (Versions: string[]) => ({ LaunchTemplateName: 'web', Versions });
    await refusal(region, describeLaunchTemplateVersions, ask(['4']), noVersion);
    await refusal(region, describeLaunchTemplateVersions, ask(['first']), { code: 'InvalidParameterValue' });
  });
});

describe('changing and deleting', () => {
  test('another version is made the default', async () => {
    await create();
    await addVersion({ KeyName: 'k' });
    const input = { LaunchTemplateName: 'web', DefaultVersion: '2' };
    expect(await region.call(modifyLaunchTemplate, input)).toMatchObject({
      LaunchTemplate: { DefaultVersionNumber: 2, LatestVersionNumber: 2 },
    });
    await refusal(region, modifyLaunchTemplate, { ...input, DefaultVersion: '3' }, noVersion);
    await refusal(region, modifyLaunchTemplate, { LaunchTemplateName: 'web' }, { code: 'MissingParameter' });
  });

  test('a deleted template is gone with its versions and tags, and its name free', async () => {
    const { LaunchTemplateId } = await create();
    await region.call(createTags, { Resources: [LaunchTemplateId], Tags: [{ Key: 'k', Value: 'v' }] });
    expect(await region.call(deleteLaunchTemplate, { LaunchTemplateId })).toMatchObject({
      LaunchTemplate: { LaunchTemplateId, LaunchTemplateName: 'web' },
    });
    await refusal(region, deleteLaunchTemplate, { LaunchTemplateName: 'web' }, nameNotFound);
    expect(await region.records.read.launchTemplateVersions.list()).toEqual([]);
    expect(await region.records.read.tags.list()).toEqual([]);
    await create();
  });

  test('versions are deleted but for the default, and their numbers not used again', async () => {
    const { LaunchTemplateId } = await create();
    await addVersion({ KeyName: 'a' });
    await addVersion({ KeyName: 'b' });
    const named = { LaunchTemplateId, LaunchTemplateName: 'web' };
    const input = { LaunchTemplateId, Versions: ['1', '3', '7'] };
    const answer = await region.call<DeleteLaunchTemplateVersionsResult>(deleteLaunchTemplateVersions, input);
    expect(answer.SuccessfullyDeletedLaunchTemplateVersions).toEqual([{ ...named, VersionNumber: 3 }]);
    expect(answer.UnsuccessfullyDeletedLaunchTemplateVersions).toMatchObject([
      { ...named, VersionNumber: 1, ResponseError: { Code: 'unexpectedError' } },
      { ...named, VersionNumber: 7, ResponseError: { Code: 'launchTemplateVersionDoesNotExist' } },
    ]);
    expect((await templates()).LaunchTemplates).toMatchObject([{ LatestVersionNumber: 2 }]);
    expect(await addVersion({ KeyName: 'c' })).toMatchObject({ VersionNumber: 4 });
  });

  test('versions of no template are told one by one', async () => {
    const input = { LaunchTemplateName: 'web', Versions: ['1'] };
    expect(await region.call(deleteLaunchTemplateVersions, input)).toMatchObject({
      SuccessfullyDeletedLaunchTemplateVersions: [],
      UnsuccessfullyDeletedLaunchTemplateVersions: [
        { LaunchTemplateName: 'web', ResponseError: { Code: 'launchTemplateNameDoesNotExist' } },
      ],
    });
    await refusal(
      region,
      deleteLaunchTemplateVersions,
      { LaunchTemplateName: 'web' },
      { code: 'MissingParameter' },
    );
  });
});
