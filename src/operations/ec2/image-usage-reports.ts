import { fail, invalidParameterValue } from '../../domain/errors.ts';
import { hasReportExpired, type ImageUsageReport, reportNotFound } from '../../domain/image-usage-report.ts';
import type { Context } from '../context.ts';
import { idList } from './request.ts';

const mostIds = 200;

/** The caller's reports, by their ids and images if those are said. @throws InvalidImageUsageReportId.NotFound */
export async function askedReports(
  context: Context,
  input: { ReportIds?: string[]; ImageIds?: string[] },
): Promise<ImageUsageReport[]> {
  const reportIds = idList('amiur', input.ReportIds);
  const imageIds = idList('ami', input.ImageIds);
  if (reportIds.length > mostIds || imageIds.length > mostIds)
    throw invalidParameterValue(`At most ${mostIds} IDs can be specified.`);
  const own = await context.records.read.imageUsageReports.list({ ownerId: context.caller.accountId });
  const kept = own.filter(report => !hasReportExpired(report, context.now()));
  for (const id of reportIds) kept.some(report => report.reportId === id) || fail(reportNotFound(id));
  return kept.filter(
    ({ reportId, imageId }) =>
      (reportIds.length === 0 || reportIds.includes(reportId)) &&
      (imageIds.length === 0 || imageIds.includes(imageId)),
  );
}
