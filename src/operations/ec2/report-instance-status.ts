import { oneOf } from '../../domain/one-of.ts';
import { findInstances, instanceIds } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { required } from './request.ts';

const reasons = [
  'instance-stuck-in-state',
  'unresponsive',
  'not-accepting-credentials',
  'password-not-available',
  'performance-network',
  'performance-instance-store',
  'performance-ebs-volume',
  'performance-other',
  'other',
] as const;

/**
 * What a client thinks of its instances is written to the server's log; what DescribeInstanceStatus says stays, as on AWS.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReportInstanceStatus.html
 */
export const reportInstanceStatus = operation('ReportInstanceStatus', async (input, context) => {
  const ids = instanceIds(input.Instances);
  const status = oneOf('Status', required<string>(input.Status, 'Status'), ['ok', 'impaired']);
  const reasonCodes = required(input.ReasonCodes, 'ReasonCode').map(code =>
    oneOf('ReasonCode', code, reasons),
  );
  await context.records.transaction(async records => {
    await findInstances(records, context, ids);
  });
  const { accountId } = context.caller;
  context.log.info('the status of instances was reported', { accountId, ids, status, reasonCodes });
  return {};
});
