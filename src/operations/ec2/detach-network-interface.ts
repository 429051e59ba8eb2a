import { hibernated } from '../../domain/hibernation.ts';
import { detachedInterface } from '../../domain/network-interface.ts';
import { primaryNotDetachable } from '../../domain/network-interface-errors.ts';
import { instanceNotInState } from '../../domain/volume-errors.ts';
import { findAttached } from './network-interface-lookup.ts';
import { operation } from './operation.ts';

/**
 * From a stopped instance at once. A running guest is asked for the interface by a job: it is `detaching` until the guest
 * lets go of it, or `Force` takes it away.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachNetworkInterface.html
 */
export const detachNetworkInterface = operation('DetachNetworkInterface', async (input, context) => {
  await context.records.transaction(async records => {
    const one = await findAttached(records, context, input.AttachmentId);
    const { networkInterfaceId, attachment } = one;
    const { instanceId, deviceIndex, status } = attachment;
    if (deviceIndex === 0) throw primaryNotDetachable();
    const instance = await records.instances.get(instanceId);
    if (instance && instance.state !== 'running' && instance.state !== 'stopped')
      throw instanceNotInState(instanceId, 'running');
    if (instance?.hibernated) throw hibernated(instanceId);
    if (instance?.state !== 'running') return records.networkInterfaces.put(detachedInterface(one));
    const force = input.Force ?? false;
    // The guest has been asked already, and is being asked again.
    if (status === 'detaching' && !force) return;
    await records.networkInterfaces.put({ ...one, attachment: { ...attachment, status: 'detaching' } });
    const job = { networkInterfaceId, instanceId, force };
    await context.jobs.enqueue(records, 'detach-network-interface', networkInterfaceId, job);
  });
  context.jobs.wake();
  return {};
});
