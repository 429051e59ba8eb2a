import { instanceNotRunning } from '../../domain/replace-root-volume.ts';
import { findInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';

/**
 * A non-maskable interrupt, upon which a guest that is set up for that panics, writes a crash dump, and reboots.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SendDiagnosticInterrupt.html
 */
export const sendDiagnosticInterrupt = operation('SendDiagnosticInterrupt', async (input, context) => {
  const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
  const instanceId = await context.records.transaction(async records => {
    const [instance] = await findInstances(records, context, ids);
    if (instance!.state !== 'running') throw instanceNotRunning(instance!.instanceId);
    return instance!.instanceId;
  });
  await context.engine.interrupt(instanceId);
  return {};
});
