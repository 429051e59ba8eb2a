import type * as sdk from '@aws-sdk/client-ec2';
import { type FilterTable, matcher } from '../../domain/filters.ts';
import type { UsageScope } from '../../domain/image-usage.ts';
import { type ImageUsageReport, reportExpiry } from '../../domain/image-usage-report.ts';
import { page } from '../../domain/pages.ts';
import type { Tags } from '../../domain/tags.ts';
import { loadTags } from '../tagging.ts';
import { askedReports } from './image-usage-reports.ts';
import { operation } from './operation.ts';
import { presentTags } from './present/tags.ts';

const filters: FilterTable<ImageUsageReport> = {
  'creation-time': report => report.creationTime,
  state: report => report.state,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageUsageReports.html */
export const describeImageUsageReports = operation('DescribeImageUsageReports', async (input, context) => {
  const reports = await askedReports(context, input);
  const tagsOf = await loadTags(
    context.records.read,
    context.caller.accountId,
    reports.map(report => report.reportId),
  );
  const matches = matcher(input.Filters, filters, report => tagsOf(report.reportId));
  const ordered = reports.filter(matches).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const { items, NextToken } = page(ordered, orderOf, {
    action: 'DescribeImageUsageReports',
    MaxResults: input.MaxResults,
    NextToken: input.NextToken || undefined,
    least: 1,
    most: 1000,
    cap: true,
  });
  return { ImageUsageReports: items.map(report => present(report, tagsOf(report.reportId))), NextToken };
});

const orderOf = ({ creationTime, reportId }: ImageUsageReport) => `${creationTime}/${reportId}`;

function present(report: ImageUsageReport, tags: Tags): sdk.ImageUsageReport {
  return {
    ImageId: report.imageId,
    ReportId: report.reportId,
    ResourceTypes: report.resourceTypes.map(presentType),
    AccountIds: report.accountIds,
    State: report.state,
    StateReason: report.stateReason,
    CreationTime: new Date(report.creationTime),
    ExpirationTime: reportExpiry(report),
    Tags: presentTags(tags),
  };
}

function presentType({ type, versionDepth }: UsageScope): sdk.ImageUsageResourceType {
  return {
    ResourceType: type,
    ResourceTypeOptions:
      versionDepth === undefined
        ? []
        : [{ OptionName: 'version-depth', OptionValues: [String(versionDepth)] }],
  };
}
