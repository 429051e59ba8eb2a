import { type ApiError, invalidParameterValue } from '../../domain/errors.ts';
import type { Instance } from '../../domain/instance.ts';
import { terminationProtected } from '../../domain/instance-errors.ts';
import { goingDown, instanceActions } from '../../domain/instance-state.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { findInstances, instanceIds } from './instance-lookup.ts';
import { operation } from './operation.ts';
import { presentChange } from './present/instance.ts';

const mostIds = 1000;

/**
 * SkipOsShutdown pulls the plug; Force asks for no more than happens anyway: a guest that does not shut down is ended.
 * A protected instance saves itself and those named with it in its zone; the others are terminated, and the call fails.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
 */
export const terminateInstances = operation('TerminateInstances', async (input, context) => {
  const ids = instanceIds(input.InstanceIds);
  const force = input.SkipOsShutdown === true;
  if (ids.length > mostIds)
    throw invalidParameterValue(`At most ${mostIds} instances can be terminated in one call.`);
  const { changes, refusal } = await context.records.transaction(async records => {
    const instances = await findInstances(records, context, ids);
    const refusals = instances.flatMap(refusalOf);
    const refusal = refusals[0]?.error;
    const savedZones = new Set(refusals.map(({ zone }) => zone));
    const chosen = instances.filter(instance => !savedZones.has(instance.availabilityZone));
    if (refusal && (!chosen.length || input.DryRun)) throw refusal;
    const changes = [];
    for (const instance of chosen)
      changes.push({ before: instance, after: await terminate(records, context, instance, force) });
    return { changes, refusal };
  });
  context.jobs.wake();
  if (refusal) throw refusal;
  return { TerminatingInstances: changes.map(({ before, after }) => presentChange(before, after)) };
});

function refusalOf(instance: Instance): { zone: string; error: ApiError }[] {
  const attribute = instance.disableApiTermination
    ? 'disableApiTermination'
    : instance.disableApiStop
      ? 'disableApiStop'
      : undefined;
  if (!attribute || instanceActions.terminate[instance.state] === 'same') return [];
  return [{ zone: instance.availabilityZone, error: terminationProtected(instance.instanceId, attribute) }];
}

async function terminate(
  records: RegionWriter,
  context: Context,
  instance: Instance,
  force: boolean,
): Promise<Instance> {
  if (instanceActions.terminate[instance.state] !== 'shutting-down') return instance;
  const after = goingDown(instance, 'shutting-down', context.now());
  const { instanceId } = after;
  await records.instances.put(after);
  await failPendingImages(records, instanceId);
  const input = { instanceId, ...(force && { force }) };
  await context.jobs.enqueue(records, 'terminate-instance', instanceId, input);
  return after;
}

/** An image whose instance is gone can no longer be made. */
async function failPendingImages(records: RegionWriter, instanceId: string): Promise<void> {
  for (const image of await records.images.list({ sourceInstanceId: instanceId, state: 'pending' }))
    await records.images.put({
      ...image,
      state: 'failed',
      stateReason: {
        code: 'Client.InstanceTerminated',
        message: `Client.InstanceTerminated: The instance '${instanceId}' was terminated before the image was made`,
      },
    });
}
