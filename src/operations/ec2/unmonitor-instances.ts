import { findInstances, instanceIds } from './instance-lookup.ts';
import { operation } from './operation.ts';

/**
 * Detailed monitoring is never on: there is no CloudWatch here.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UnmonitorInstances.html
 */
export const unmonitorInstances = operation('UnmonitorInstances', async (input, context) => {
  const ids = instanceIds(input.InstanceIds);
  const instances = await context.records.transaction(records => findInstances(records, context, ids));
  return {
    InstanceMonitorings: instances.map(({ instanceId }) => ({
      InstanceId: instanceId,
      Monitoring: { State: 'disabled' as const },
    })),
  };
});
