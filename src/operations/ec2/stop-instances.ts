import type { Instance } from '../../domain/instance.ts';
import {
  hibernationNotConfigured,
  noEbsRoot,
  notStoppable,
  stopProtected,
} from '../../domain/instance-errors.ts';
import { goingDown, instanceActions } from '../../domain/instance-state.ts';
import { findInstances, instanceIds } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { presentChange } from './present/instance.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html */
export const stopInstances = operation('StopInstances', async (input, context) => {
  const ids = instanceIds(input.InstanceIds);
  const force = input.Force === true || input.SkipOsShutdown === true;
  const changes = await context.records.transaction(async records => {
    const instances = await findInstances(records, context, ids);
    for (const instance of instances) checkStop(instance, input.Hibernate === true);
    const done: { before: Instance; after: Instance }[] = [];
    for (const before of instances) {
      const isStopping = instanceActions.stop[before.state] === 'stopping';
      const after = isStopping ? goingDown(before, 'stopping', context.now()) : before;
      if (isStopping) {
        await records.instances.put(after);
        const { instanceId } = after;
        await context.jobs.enqueue(records, 'stop-instance', instanceId, { instanceId, force });
      }
      done.push({ before, after });
    }
    return done;
  });
  context.jobs.wake();
  return { StoppingInstances: changes.map(({ before, after }) => presentChange(before, after)) };
});

function checkStop(instance: Instance, hibernate: boolean): void {
  const { instanceId } = instance;
  if (instance.rootDeviceType !== 'ebs') throw noEbsRoot(instanceId, 'stopped');
  const effect = instanceActions.stop[instance.state];
  if (!effect) throw notStoppable(instanceId);
  if (hibernate) throw hibernationNotConfigured(instanceId);
  if (effect === 'stopping' && instance.disableApiStop) throw stopProtected(instanceId);
}
