import { passwordOf } from '../../domain/console-password.ts';
import { isWindows } from '../../domain/instance-view.ts';
import { findInstances } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';

/**
 * Still encrypted with the instance's key; empty for what is not Windows, or has no key.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetPasswordData.html
 */
export const getPasswordData = operation('GetPasswordData', async (input, context) => {
  const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
  const [found] = await findInstances(context.records.read, context, ids);
  const instance = found!;
  const hasPassword = isWindows(instance) && instance.keyName !== undefined;
  const output = hasPassword ? await context.engine.consoleOutput(instance.instanceId) : undefined;
  return {
    InstanceId: instance.instanceId,
    Timestamp: context.now(),
    PasswordData: passwordOf(output?.toString('latin1') ?? ''),
  };
});
