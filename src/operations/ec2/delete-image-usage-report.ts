import { missingParameter } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import { hasReportExpired, reportNotFound } from '../../domain/image-usage-report.ts';
import { forgetTags } from '../tagging.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteImageUsageReport.html
 * A pending one too: its job finds nothing to fill.
 */
export const deleteImageUsageReport = operation('DeleteImageUsageReport', async (input, context) => {
  if (!input.ReportId) throw missingParameter('ReportId');
  const reportId = checkId('amiur', input.ReportId);
  await context.records.transaction(async records => {
    const report = await records.imageUsageReports.get(reportId);
    if (report?.ownerId !== context.caller.accountId || hasReportExpired(report, context.now()))
      throw reportNotFound(reportId);
    await records.imageUsageReports.delete(reportId);
    await forgetTags(records, reportId);
  });
  return { Return: true };
});
