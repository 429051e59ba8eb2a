import { type FilterTable, matcher } from '../../domain/filters.ts';
import type { ImageUsageReport, UsageEntry } from '../../domain/image-usage-report.ts';
import { page } from '../../domain/pages.ts';
import { askedReports } from './image-usage-reports.ts';
import { operation } from './operation.ts';

interface View {
  report: ImageUsageReport;
  entry: UsageEntry;
}

const filters: FilterTable<View> = {
  'account-id': ({ entry }) => entry.accountId,
  'creation-time': ({ report }) => report.creationTime,
  'resource-type': ({ entry }) => entry.type,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageUsageReportEntries.html */
export const describeImageUsageReportEntries = operation(
  'DescribeImageUsageReportEntries',
  async (input, context) => {
    const matches = matcher(input.Filters, filters);
    const views = (await askedReports(context, input))
      .flatMap(report => report.entries.map(entry => ({ report, entry })))
      .filter(matches)
      .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
    const { items, NextToken } = page(views, orderOf, {
      action: 'DescribeImageUsageReportEntries',
      MaxResults: input.MaxResults,
      NextToken: input.NextToken || undefined,
      least: 1,
      most: 1000,
      cap: true,
    });
    return {
      ImageUsageReportEntries: items.map(({ report, entry }) => ({
        ResourceType: entry.type,
        ReportId: report.reportId,
        UsageCount: entry.count,
        AccountId: entry.accountId,
        ImageId: report.imageId,
        ReportCreationTime: new Date(report.creationTime),
      })),
      NextToken,
    };
  },
);

const orderOf = ({ report, entry }: View) =>
  `${report.creationTime}/${report.reportId}/${entry.type}/${entry.accountId}`;
