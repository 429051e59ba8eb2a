import { invalidParameterValue, missingParameter } from '../../domain/errors.ts';
import { parseUsageTypes } from '../../domain/image-usage.ts';
import { defaultReportDepth, reportedTypes } from '../../domain/image-usage-report.ts';
import { settleTags } from '../../domain/tags.ts';
import { checkUserId } from '../../domain/user-id.ts';
import { remember, replayed } from '../idempotency.ts';
import { writeTags } from '../tagging.ts';
import { ownedImage } from './find-image.ts';
import { operation } from './operation.ts';

const action = 'CreateImageUsageReport';
const longestToken = 128;
const mostAccounts = 200;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImageUsageReport.html */
export const createImageUsageReport = operation('CreateImageUsageReport', async (input, context) => {
  const { accountId } = context.caller;
  if (!input.ResourceTypes?.length) throw missingParameter('ResourceType');
  const resourceTypes = parseUsageTypes(input.ResourceTypes, reportedTypes, 'ResourceType').map(scope =>
    scope.type === 'ec2:LaunchTemplate' ? { versionDepth: defaultReportDepth, ...scope } : scope,
  );
  const withStates = resourceTypes.find(scope => scope.states);
  if (withStates)
    throw invalidParameterValue("The option 'state-name' is not valid for the resource type 'ec2:Instance'.");
  const accountIds = [...new Set(input.AccountIds)].map(checkUserId);
  if (accountIds.length > mostAccounts)
    throw invalidParameterValue(`At most ${mostAccounts} account IDs can be specified.`);
  const tags = settleTags(input.TagSpecifications, ['image-usage-report']);
  const ReportId = await context.records.transaction(async records => {
    const before = await replayed(records, context, action, input, longestToken);
    if (before !== undefined) return before;
    const { imageId } = await ownedImage(records, context.caller, input.ImageId);
    const reportId = context.newId('amiur');
    await records.imageUsageReports.put({
      ...{ reportId, ownerId: accountId, imageId, resourceTypes, accountIds },
      ...{ state: 'pending', creationTime: context.now().toISOString(), entries: [] },
    });
    await writeTags(
      records,
      accountId,
      { id: reportId, type: 'image-usage-report' },
      tags['image-usage-report'],
    );
    await context.jobs.enqueue(records, 'report-image-usage', reportId, { reportId });
    await remember(records, context, action, input, reportId);
    return reportId;
  });
  context.jobs.wake();
  return { ReportId };
});
