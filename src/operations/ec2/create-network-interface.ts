import type { NetworkInterfaceStatus } from '@aws-sdk/client-ec2';
import { countOf, mostAddresses, parseAddressRequest } from '../../domain/address-request.ts';
import { fail } from '../../domain/errors.ts';
import { subnetFull } from '../../domain/network-errors.ts';
import {
  checkInterfaceDescription,
  type NetworkInterface,
  newNetworkInterface,
} from '../../domain/network-interface.ts';
import { interfaceNotFound, tooManyAddresses } from '../../domain/network-interface-errors.ts';
import { settleTags } from '../../domain/tags.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { remember, replayed } from '../idempotency.ts';
import { writeTags } from '../tagging.ts';
import { findGroups } from './launch-network.ts';
import { refuseGiven, unless } from './launch-parameters.ts';
import { viewInterfaces } from './network-interface-lookup.ts';
import { operation } from './operation.ts';
import { presentNetworkInterface } from './present/network-interface.ts';
import { leaseAddresses, privateAddresses } from './private-addresses.ts';
import { idList } from './request.ts';
import { ownSubnet } from './vpc-lookup.ts';

const action = 'CreateNetworkInterface';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html */
export const createNetworkInterface = operation('CreateNetworkInterface', async (input, context) => {
  const groupIds = idList('sg', input.Groups);
  const addresses = parseAddressRequest(input);
  if (countOf(addresses) > mostAddresses) throw tooManyAddresses();
  const description = checkInterfaceDescription(input.Description);
  const tags = settleTags(input.TagSpecifications, ['network-interface']);
  refuseGiven([
    ['InterfaceType', unless(input.InterfaceType, 'interface')],
    ['Ipv4Prefix', input.Ipv4Prefixes ?? input.Ipv4PrefixCount],
    ['Ipv6Addresses', input.Ipv6Addresses],
    ['Ipv6AddressCount', input.Ipv6AddressCount],
    ['Ipv6Prefix', input.Ipv6Prefixes ?? input.Ipv6PrefixCount],
    ['EnablePrimaryIpv6', input.EnablePrimaryIpv6],
    ['ConnectionTrackingSpecification', input.ConnectionTrackingSpecification],
    ['Operator', input.Operator],
  ]);
  return context.records.transaction(async records => {
    const before = await replayed(records, context, action, input);
    if (before !== undefined)
      return answer(
        records,
        context,
        (await records.networkInterfaces.get(before)) ?? fail(interfaceNotFound(before)),
        input.ClientToken,
      );
    const subnet = await ownSubnet(records, context.caller.accountId, input.SubnetId);
    const groups = await findGroups(records, subnet, { groupIds, groupNames: [] });
    const leased = leaseAddresses(await privateAddresses(records, subnet), addresses);
    const one = newNetworkInterface({
      networkInterfaceId: context.newId('eni'),
      subnet,
      securityGroupIds: groups.map(group => group.groupId),
      privateIpAddresses: leased ?? fail(subnetFull(subnet.subnetId)),
      description,
    });
    const { networkInterfaceId: id, ownerId } = one;
    await records.networkInterfaces.put(one);
    await writeTags(records, ownerId, { id, type: 'network-interface' }, tags['network-interface']);
    await remember(records, context, action, input, id);
    return answer(records, context, one, input.ClientToken);
  });
});

/** AWS says `pending` of one that was just made, a word its model does not have. */
async function answer(
  records: RegionReader,
  context: Context,
  one: NetworkInterface,
  clientToken: string | undefined,
) {
  const [view] = await viewInterfaces(records, context, [one]);
  return {
    NetworkInterface: { ...presentNetworkInterface(view!), Status: 'pending' as NetworkInterfaceStatus },
    ClientToken: clientToken || undefined,
  };
}
