import type { UsageScope } from '../domain/image-usage.ts';
import { countByAccount, defaultReportDepth, type UsageEntry } from '../domain/image-usage-report.ts';

import type { RegionReader } from '../stores/records/database.ts';
import type { JobKind } from './job.ts';
import type { JobServices } from './services.ts';
import { templatesNaming } from './template-references.ts';

/** Counts who uses an image, in all accounts of the region. Nothing is left to do for a report that was deleted or filled. */
export const reportImageUsage: JobKind<'report-image-usage', JobServices> = {
  kind: 'report-image-usage',
  async run({ input: { reportId } }, { records }) {
    const report = await records.read.imageUsageReports.get(reportId);
    if (report?.state !== 'pending') return;
    const entries: UsageEntry[] = [];
    for (const scope of report.resourceTypes) {
      const owners = await ownersOfUsers(records.read, report.imageId, scope);
      entries.push(...countByAccount(scope.type, owners, report.accountIds));
    }
    await records.transaction(async writer => {
      const current = await writer.imageUsageReports.get(reportId);
      if (current?.state === 'pending')
        await writer.imageUsageReports.put({ ...current, state: 'available', entries });
    });
  },
  async failed({ input: { reportId } }, reason, { records }) {
    await records.transaction(async writer => {
      const report = await writer.imageUsageReports.get(reportId);
      if (report?.state === 'pending')
        await writer.imageUsageReports.put({ ...report, state: 'error', stateReason: reason.message });
    });
  },
};

/** The owner of each resource that uses the image, as often as there are such. */
async function ownersOfUsers(records: RegionReader, imageId: string, scope: UsageScope): Promise<string[]> {
  if (scope.type === 'ec2:Instance')
    return (await records.instances.list({ imageId })).map(instance => instance.ownerId);
  if (scope.type !== 'ec2:LaunchTemplate') return [];
  const depth = scope.versionDepth ?? defaultReportDepth;
  const templates = await templatesNaming(records, imageId, depth);
  return templates.map(template => template.ownerId);
}
