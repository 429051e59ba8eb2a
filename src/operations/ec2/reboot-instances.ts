import { notRebootable } from '../../domain/instance-errors.ts';
import { instanceActions } from '../../domain/instance-state.ts';
import { findInstances, instanceIds } from './instance-lookup.ts';
import { operation } from './operation.ts';

/**
 * Terminated instances are passed over.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RebootInstances.html
 */
export const rebootInstances = operation('RebootInstances', async (input, context) => {
  const ids = instanceIds(input.InstanceIds);
  await context.records.transaction(async records => {
    const instances = await findInstances(records, context, ids);
    const refused = instances.find(instance => !instanceActions.reboot[instance.state]);
    if (refused) throw notRebootable(refused.instanceId);
    for (const { instanceId, state } of instances)
      if (instanceActions.reboot[state] === 'running')
        await context.jobs.enqueue(records, 'reboot-instance', instanceId, { instanceId });
  });
  context.jobs.wake();
  return {};
});
