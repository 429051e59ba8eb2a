import { invalidParameterCombination } from '../../domain/errors.ts';
import { hibernateReason, hibernationNotConfigured } from '../../domain/hibernation.ts';
import type { Instance } from '../../domain/instance.ts';
import { noEbsRoot, notStoppable, stopProtected } from '../../domain/instance-errors.ts';
import { goingDown, instanceActions } from '../../domain/instance-state.ts';
import { findInstances, instanceIds } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { presentChange } from './present/instance.ts';

/**
 * Force pulls the plug. One that cannot be hibernated when it comes to that is shut down, as on AWS.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html
 */
export const stopInstances = operation('StopInstances', async (input, context) => {
  const ids = instanceIds(input.InstanceIds);
  const force = input.Force === true || input.SkipOsShutdown === true;
  const hibernate = input.Hibernate === true;
  if (hibernate && force)
    throw invalidParameterCombination(
      'The parameter Hibernate cannot be used with the parameters Force and SkipOsShutdown',
    );
  const changes = await context.records.transaction(async records => {
    const instances = await findInstances(records, context, ids);
    for (const instance of instances) checkStop(instance, hibernate);
    const reason = hibernate ? hibernateReason : undefined;
    const done: { before: Instance; after: Instance }[] = [];
    for (const before of instances) {
      const isStopping = instanceActions.stop[before.state] === 'stopping';
      const after = isStopping ? goingDown(before, 'stopping', context.now(), reason) : before;
      if (isStopping) {
        await records.instances.put(after);
        const { instanceId } = after;
        const how = { force, ...(hibernate && { hibernate }) };
        await context.jobs.enqueue(records, 'stop-instance', instanceId, { instanceId, ...how });
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
  if (hibernate && !instance.hibernationConfigured) throw hibernationNotConfigured(instanceId);
  if (effect === 'stopping' && instance.disableApiStop) throw stopProtected(instanceId);
}
