import { findInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';

/**
 * The last 64 KiB of the serial console, always the latest: with or without `Latest`.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
 */
export const getConsoleOutput = operation('GetConsoleOutput', async (input, context) => {
  const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
  const [instance] = await findInstances(context.records.read, context, ids);
  const output = await context.engine.consoleOutput(instance!.instanceId);
  return {
    InstanceId: instance!.instanceId,
    Timestamp: context.now(),
    Output: output.length ? output.toString('base64') : undefined,
  };
});
