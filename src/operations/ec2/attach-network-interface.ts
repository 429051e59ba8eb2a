import { hibernated } from '../../domain/hibernation.ts';
import type { Instance } from '../../domain/instance.ts';
import { instanceType } from '../../domain/instance-types.ts';
import { attachedInterface, type NetworkInterface } from '../../domain/network-interface.ts';
import {
  deviceIndexTaken,
  interfaceInUse,
  interfaceVpcMismatch,
  interfaceZoneMismatch,
  tooManyAddresses,
  tooManyInterfaces,
} from '../../domain/network-interface-errors.ts';
import { instanceNotInState } from '../../domain/volume-errors.ts';
import { interfacesOf } from '../../jobs/instance-interfaces.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { findInstances } from './instance-lookup.ts';
import { checkDeviceIndex } from './launch-interfaces.ts';
import { refuseGiven } from './launch-parameters.ts';
import { findInterface } from './network-interface-lookup.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';

/**
 * A running guest is given the interface by a job; a stopped one finds it at the next start.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachNetworkInterface.html
 */
export const attachNetworkInterface = operation('AttachNetworkInterface', async (input, context) => {
  const deviceIndex = checkDeviceIndex(required(input.DeviceIndex, 'DeviceIndex'));
  const ids = idList('i', [required(input.InstanceId, 'InstanceId')]);
  refuseGiven([
    ['NetworkCardIndex', input.NetworkCardIndex],
    ['EnaSrdSpecification', input.EnaSrdSpecification],
    ['EnaQueueCount', input.EnaQueueCount],
  ]);
  const attached = await context.records.transaction(async records => {
    const one = await findInterface(records, context, input.NetworkInterfaceId);
    const [instance] = (await findInstances(records, context, ids)) as [Instance];
    await checkAttachable(records, one, instance, deviceIndex);
    const { networkInterfaceId } = one;
    const { instanceId } = instance;
    const isRunning = instance.state === 'running';
    const after = attachedInterface(one, {
      attachmentId: context.newId('eni-attach'),
      instanceId,
      deviceIndex,
      deleteOnTermination: false,
      attachTime: context.now().toISOString(),
      status: isRunning ? 'attaching' : 'attached',
    });
    await records.networkInterfaces.put(after);
    if (isRunning)
      await context.jobs.enqueue(records, 'attach-network-interface', networkInterfaceId, {
        networkInterfaceId,
        instanceId,
      });
    return after.attachment;
  });
  context.jobs.wake();
  return { AttachmentId: attached.attachmentId, NetworkCardIndex: 0 };
});

async function checkAttachable(
  records: RegionReader,
  one: NetworkInterface,
  instance: Instance,
  deviceIndex: number,
): Promise<void> {
  const { instanceId } = instance;
  if (one.attachment) throw interfaceInUse(one.networkInterfaceId);
  if (instance.state !== 'running' && instance.state !== 'stopped')
    throw instanceNotInState(instanceId, 'running');
  if (instance.hibernated) throw hibernated(instanceId);
  if (one.availabilityZone !== instance.availabilityZone) throw interfaceZoneMismatch();
  if (one.vpcId !== instance.vpcId) throw interfaceVpcMismatch(one.networkInterfaceId, instanceId);
  const others = await interfacesOf(records, instanceId);
  if (others.some(other => other.attachment.deviceIndex === deviceIndex))
    throw deviceIndexTaken(instanceId, deviceIndex);
  const type = instanceType(instance.instanceType)!;
  if (others.length >= type.networkInterfaces) throw tooManyInterfaces(others.length + 1, type.name);
  if (one.addresses.length > type.addressesPerInterface) throw tooManyAddresses();
}
