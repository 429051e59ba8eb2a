import type { AssociateAddressRequest } from '@aws-sdk/client-ec2';
import { checkAddress } from '../../domain/address-request.ts';
import { targetOf } from '../../domain/elastic-address.ts';
import {
  alreadyAssociated,
  instanceNotAssociable,
  noGateway,
  notAnAddressOf,
  notBothTargets,
} from '../../domain/elastic-address-errors.ts';
import { missingParameter } from '../../domain/errors.ts';
import type { Instance } from '../../domain/instance.ts';
import { type NetworkInterface, primaryAddress, withPublicAddress } from '../../domain/network-interface.ts';
import { freeElasticAddress } from '../../jobs/instance-interfaces.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { findAddress, interfaceBehind } from './elastic-address-lookup.ts';
import { disassociate } from './elastic-address-release.ts';
import { refreshGuests } from './guest-refresh.ts';
import { findInstances } from './instance-lookup.ts';
import { findInterface, onlyInterface } from './network-interface-lookup.ts';
import { operation } from './operation.ts';
import { optionalId } from './request.ts';

/**
 * The address leads to a private one of an interface; what led there before, leased or elastic, does no more.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
 */
export const associateAddress = operation('AssociateAddress', async (input, context) => {
  const associationId = await context.records.transaction(async records => {
    const address = await findAddress(records, context, input);
    const { allocationId, publicIp } = address;
    const one = await findTarget(records, context, input);
    const privateIpAddress = input.PrivateIpAddress
      ? checkAddress(input.PrivateIpAddress)
      : primaryAddress(one);
    const target = one.addresses.find(other => other.privateIpAddress === privateIpAddress);
    if (!target) throw notAnAddressOf(privateIpAddress, one.networkInterfaceId);

    const { vpcId } = one;
    if ((await records.internetGateways.list({ vpcId })).length === 0) throw noGateway(vpcId);

    const before = target.publicAddress?.elastic;
    if (before?.allocationId === allocationId) return before.associationId;
    const behind = await interfaceBehind(records, address);
    const elsewhere = targetOf(behind, allocationId)?.publicAddress?.elastic;
    if (elsewhere && input.AllowReassociation === false)
      throw alreadyAssociated(allocationId, elsewhere.associationId);
    if (behind) await disassociate(records, context, behind, address);
    if (before) await freeElasticAddress(records, before.allocationId);

    // It may be the interface the address has just left.
    const { networkInterfaceId } = one;
    const current = (await records.networkInterfaces.get(networkInterfaceId))!;
    const elastic = { allocationId, associationId: context.newId('eipassoc') };
    await records.networkInterfaces.put(withPublicAddress(current, privateIpAddress, { publicIp, elastic }));
    await records.elasticAddresses.put({ ...address, networkInterfaceId });
    await refreshGuests(records, context, one);
    return elastic.associationId;
  });
  context.jobs.wake();
  return { AssociationId: associationId };
});

/** @throws MissingParameter, InvalidParameterCombination, InvalidInstanceID for one with several interfaces, or on its way */
async function findTarget(
  records: RegionReader,
  context: Context,
  { InstanceId, NetworkInterfaceId }: AssociateAddressRequest,
): Promise<NetworkInterface> {
  const instanceId = optionalId('i', InstanceId);
  if (instanceId !== undefined && NetworkInterfaceId) throw notBothTargets();
  if (NetworkInterfaceId) return findInterface(records, context, NetworkInterfaceId);
  if (instanceId === undefined) throw missingParameter('InstanceId or NetworkInterfaceId');
  const [{ state }] = (await findInstances(records, context, [instanceId])) as [Instance];
  if (state !== 'running' && state !== 'stopped' && state !== 'stopping')
    throw instanceNotAssociable(instanceId, state);
  return onlyInterface(records, instanceId);
}
