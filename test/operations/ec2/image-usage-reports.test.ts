import type {
  CreateImageUsageReportResult,
  DescribeImageUsageReportEntriesResult,
  DescribeImageUsageReportsResult,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepHouse } from '../../../src/jobs/housekeeping.ts';
import { createImageUsageReport } from '../../../src/operations/ec2/create-image-usage-report.ts';
import { createLaunchTemplate } from '../../../src/operations/ec2/create-launch-template.ts';
import { createLaunchTemplateVersion } from '../../../src/operations/ec2/create-launch-template-version.ts';
import { deleteImageUsageReport } from '../../../src/operations/ec2/delete-image-usage-report.ts';
import { describeImageUsageReportEntries } from '../../../src/operations/ec2/describe-image-usage-report-entries.ts';
import { describeImageUsageReports } from '../../../src/operations/ec2/describe-image-usage-reports.ts';
import { type JobRegion, jobRegion } from '../../jobs/job-region.ts';
import { owner, stranger } from '../region.ts';
import { imageId, launch, putImage, refusal } from './launch-fixtures.ts';

let region: JobRegion;
beforeEach(async () => {
  region = await jobRegion();
  await putImage(region, { launchPermissions: [{ group: 'all' }] });
});
afterEach(() => region.close());

const instances = [{ ResourceType: 'ec2:Instance' }];
const ask = (input: object = {}) =>
  region.call<CreateImageUsageReportResult>(createImageUsageReport, {
    ...{ ImageId: imageId, ResourceTypes: instances },
    ...input,
  });
const report = async (input: object = {}) => {
  const { ReportId } = await ask(input);
  await region.settle();
  return ReportId!;
};
const reports = async (input: object = {}) =>
  (await region.call<DescribeImageUsageReportsResult>(describeImageUsageReports, input)).ImageUsageReports!;
const entries = async (input: object = {}) =>
  (await region.call<DescribeImageUsageReportEntriesResult>(describeImageUsageReportEntries, input))
    .ImageUsageReportEntries!;
const templateOf = (ImageId: string, LaunchTemplateName: string, accountId = owner) =>
  region.call(createLaunchTemplate, { LaunchTemplateName, LaunchTemplateData: { ImageId } }, accountId);
const notFound = { code: 'InvalidImageUsageReportId.NotFound' };

describe('an image usage report', () => {
  test('is pending until its job has counted, then available for thirty days', async () => {
    const tags = [{ ResourceType: 'image-usage-report', Tags: [{ Key: 'a', Value: 'b' }] }];
    const before = region.time;
    const { ReportId } = await ask({ TagSpecifications: tags, AccountIds: [stranger] });
    const shown = {
      ...{ ReportId, ImageId: imageId, AccountIds: [stranger], Tags: [{ Key: 'a', Value: 'b' }] },
      ResourceTypes: [{ ResourceType: 'ec2:Instance', ResourceTypeOptions: [] }],
      ...{ CreationTime: before, ExpirationTime: new Date(before.getTime() + 30 * 86_400_000) },
    };
    expect(ReportId).toMatch(/^amiur-[0-9a-f]{17}$/);
    expect(await reports()).toEqual([{ ...shown, State: 'pending' }]);
    await region.settle();
    expect(await reports()).toEqual([{ ...shown, State: 'available' }]);
    region.time = new Date(before.getTime() + 31 * 86_400_000);
    expect(await reports()).toEqual([]);
    await refusal(region, deleteImageUsageReport, { ReportId }, notFound);
    await keepHouse(region.services);
    expect(await region.records.read.imageUsageReports.list()).toEqual([]);
    expect(await region.records.read.tags.list()).toEqual([]);
  });

  test('counts instances and templates of every account', async () => {
    await launch(region, { MinCount: 2, MaxCount: 2 });
    await templateOf(imageId, 'web');
    await templateOf(imageId, 'web', stranger);
    await templateOf('ami-00000000000000009', 'other', stranger);
    const ReportId = await report({ ResourceTypes: [...instances, { ResourceType: 'ec2:LaunchTemplate' }] });
    const entry = (ResourceType: string, AccountId: string, UsageCount: number) => ({
      ...{ ResourceType, AccountId, UsageCount, ReportId, ImageId: imageId },
      ReportCreationTime: expect.any(Date),
    });
    expect(await entries()).toEqual([
      entry('ec2:Instance', owner, 2),
      entry('ec2:LaunchTemplate', owner, 1),
      entry('ec2:LaunchTemplate', stranger, 1),
    ]);
    const filtered = async (Name: string, value: string) =>
      (await entries({ Filters: [{ Name, Values: [value] }] })).length;
    expect(await filtered('account-id', stranger)).toBe(1);
    expect(await filtered('resource-type', 'ec2:LaunchTemplate')).toBe(2);
    expect(await filtered('creation-time', '2026-05-10*')).toBe(3);
  });

  test('counts only the accounts and the template versions it was asked about', async () => {
    await templateOf(imageId, 'web');
    await templateOf(imageId, 'web', stranger);
    const LaunchTemplateData = { InstanceType: 't3.micro' };
    const version = { LaunchTemplateName: 'web', LaunchTemplateData };
    await region.call(createLaunchTemplateVersion, version, stranger);
    const templates = (depth: string) => ({
      ResourceTypes: [
        {
          ResourceType: 'ec2:LaunchTemplate',
          ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [depth] }],
        },
      ],
    });
    const [shallow, deep] = [await report(templates('1')), await report(templates('2'))];
    const one = await report({ ...templates('2'), AccountIds: [stranger] });
    const accounts = async (id: string) => (await entries({ ReportIds: [id] })).map(entry => entry.AccountId);
    expect(await accounts(shallow)).toEqual([owner]);
    expect(await accounts(deep)).toEqual([owner, stranger]);
    expect(await accounts(one)).toEqual([stranger]);
  });

  test('is made once for a token', async () => {
    const first = await ask({ ClientToken: 'token' });
    expect(await ask({ ClientToken: 'token' })).toEqual(first);
    expect(await reports()).toHaveLength(1);
  });

  test('is found by id, image, state and page, by its owner alone', async () => {
    const [a, b] = [await report(), await report()];
    const ids = async (input: object) => (await reports(input)).map(one => one.ReportId).sort();
    expect(await ids({ ReportIds: [a] })).toEqual([a]);
    expect(await ids({ ImageIds: [imageId] })).toEqual([a, b].sort());
    expect(await ids({ ImageIds: ['ami-00000000000000009'] })).toEqual([]);
    expect(await ids({ Filters: [{ Name: 'state', Values: ['pending'] }] })).toEqual([]);
    const first = await region.call<DescribeImageUsageReportsResult>(describeImageUsageReports, {
      MaxResults: 1,
    });
    const more = await reports({ MaxResults: 1, NextToken: first.NextToken });
    expect([first.ImageUsageReports![0]!.ReportId, more[0]!.ReportId].sort()).toEqual([a, b].sort());
    await refusal(region, describeImageUsageReports, { ReportIds: [a] }, notFound, stranger);
  });

  test('is deleted, also before it is made', async () => {
    const { ReportId } = await ask();
    await refusal(region, deleteImageUsageReport, { ReportId }, notFound, stranger);
    expect(await region.call(deleteImageUsageReport, { ReportId })).toEqual({ Return: true });
    await region.settle();
    expect(await reports()).toEqual([]);
    await refusal(region, deleteImageUsageReport, { ReportId }, notFound);
    await refusal(region, deleteImageUsageReport, {}, { code: 'MissingParameter' });
  });

  test.each([
    [{ ResourceTypes: [] }, 'MissingParameter'],
    [{ ResourceTypes: [{}] }, 'MissingParameter'],
    [{ ResourceTypes: [{ ResourceType: 'ssm:Parameter' }] }, 'InvalidParameterValue'],
    [{ ResourceTypes: [...instances, ...instances] }, 'InvalidParameterValue'],
    [
      {
        ResourceTypes: [
          { ...instances[0], ResourceTypeOptions: [{ OptionName: 'state-name', OptionValues: ['running'] }] },
        ],
      },
      'InvalidParameterValue',
    ],
    [{ AccountIds: ['me'] }, 'InvalidUserID.Malformed'],
    [{ ImageId: '' }, 'MissingParameter'],
    [{ ImageId: 'ami-00000000000000009' }, 'InvalidAMIID.NotFound'],
    [{ TagSpecifications: [{ ResourceType: 'image', Tags: [] }] }, 'InvalidParameterValue'],
  ])('of %j is refused as %s', async (input, code) => {
    await refusal(
      region,
      createImageUsageReport,
      { ImageId: imageId, ResourceTypes: instances, ...input },
      { code },
    );
  });

  test('is for an image’s owner', async () => {
    const input = { ImageId: imageId, ResourceTypes: instances };
    await refusal(region, createImageUsageReport, input, { code: 'AuthFailure', status: 403 }, stranger);
  });
});
