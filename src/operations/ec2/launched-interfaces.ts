import {
  type AttachedInterface,
  attachedInterface,
  type NetworkInterface,
  newNetworkInterface,
} from '../../domain/network-interface.ts';
import type { Context } from '../context.ts';
import type { LaunchNetwork, PlannedInterface } from './launch-network.ts';

/** The interfaces of a new instance, the primary one first. */
export function launchedInterfaces(
  context: Context,
  planned: readonly PlannedInterface[],
  instanceId: string,
  { hasPublicAddress }: Pick<LaunchNetwork, 'hasPublicAddress'>,
): AttachedInterface[] {
  return planned.map(plan => {
    const { deviceIndex, deleteOnTermination } = plan.request;
    const isPrimary = deviceIndex === 0;
    const one = plan.existing ?? newInterface(context, plan, isPrimary && hasPublicAddress);
    return attachedInterface(one, {
      attachmentId: context.newId('eni-attach'),
      instanceId,
      deviceIndex,
      deleteOnTermination,
      attachTime: context.now().toISOString(),
    });
  });
}

function newInterface(
  context: Context,
  { request, subnet, securityGroups, privateIpAddresses }: PlannedInterface,
  associatePublicIpAddress: boolean,
): NetworkInterface {
  return newNetworkInterface({
    networkInterfaceId: context.newId('eni'),
    subnet,
    securityGroupIds: securityGroups.map(group => group.groupId),
    privateIpAddresses,
    description: request.description,
    associatePublicIpAddress,
  });
}
