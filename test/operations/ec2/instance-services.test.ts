import type {
  GetSerialConsoleAccessStatusResult,
  TerminateInstancesResult,
  UnmonitorInstancesResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { disableSerialConsoleAccess } from '../../../src/operations/ec2/disable-serial-console-access.ts';
import { enableSerialConsoleAccess } from '../../../src/operations/ec2/enable-serial-console-access.ts';
import { getSerialConsoleAccessStatus } from '../../../src/operations/ec2/get-serial-console-access-status.ts';
import { insteadOf } from '../../../src/operations/ec2/instead-of.ts';
import { reportInstanceStatus } from '../../../src/operations/ec2/report-instance-status.ts';
import { sendDiagnosticInterrupt } from '../../../src/operations/ec2/send-diagnostic-interrupt.ts';
import { terminateInstances } from '../../../src/operations/ec2/terminate-instances.ts';
import { unmonitorInstances } from '../../../src/operations/ec2/unmonitor-instances.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { change, instanceIn, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
let id: string;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
  id = await instanceIn(region, 'running');
});

test('a diagnostic interrupt reaches the guest of a running instance, and not in a dry run', async () => {
  await region.call(sendDiagnosticInterrupt, { InstanceId: id });
  expect(region.interrupts).toEqual([id]);
  const dry = { InstanceId: id, DryRun: true };
  await refusal(region, sendDiagnosticInterrupt, dry, { code: 'DryRunOperation', status: 412 });
  const error = { code: 'InvalidInstanceID.NotFound' };
  await refusal(region, sendDiagnosticInterrupt, { InstanceId: id }, error, stranger);
  await change(region, id, { state: 'stopped' });
  await refusal(region, sendDiagnosticInterrupt, { InstanceId: id }, { code: 'IncorrectInstanceState' });
  expect(region.interrupts).toEqual([id]);
});

test('a reported status is logged, and refused where it makes no sense', async () => {
  const report = { Instances: [id], Status: 'impaired', ReasonCodes: ['unresponsive', 'other'] };
  await region.call(reportInstanceStatus, report);
  expect(region.logged).toEqual(['the status of instances was reported']);
  const invalid = { code: 'InvalidParameterValue' };
  await refusal(region, reportInstanceStatus, { ...report, Status: 'broken' }, invalid);
  await refusal(region, reportInstanceStatus, { ...report, ReasonCodes: ['bad'] }, invalid);
  await refusal(region, reportInstanceStatus, { ...report, Status: '' }, { code: 'MissingParameter' });
  await refusal(region, reportInstanceStatus, report, { code: 'InvalidInstanceID.NotFound' }, stranger);
});

describe('detailed monitoring', () => {
  test('is off, and to switch it on is refused with what to do instead', async () => {
    const answer = await region.call<UnmonitorInstancesResult>(unmonitorInstances, { InstanceIds: [id] });
    expect(answer.InstanceMonitorings).toEqual([{ InstanceId: id, Monitoring: { State: 'disabled' } }]);
    expect(insteadOf.MonitorInstances).toContain('DescribeInstanceStatus');
  });
});

test('the account’s choice about the serial console is kept', async () => {
  const status = async () =>
    (await region.call<GetSerialConsoleAccessStatusResult>(getSerialConsoleAccessStatus, {}))
      .SerialConsoleAccessEnabled;
  expect(await status()).toBe(false);
  await region.call(enableSerialConsoleAccess, {});
  expect(await status()).toBe(true);
  await region.call(disableSerialConsoleAccess, {});
  expect(await status()).toBe(false);
});

test.each([
  [{}, {}],
  [{ Force: true }, {}],
  [{ SkipOsShutdown: true }, { force: true }],
])('a termination with %j tells its job %j', async (input, told) => {
  region.jobs.length = 0;
  await region.call<TerminateInstancesResult>(terminateInstances, { InstanceIds: [id], ...input });
  expect(region.jobs).toEqual([
    { kind: 'terminate-instance', subject: id, input: { instanceId: id, ...told } },
  ]);
});
