import { checkAddresses, mostAddresses, parseCount } from '../../domain/address-request.ts';
import { fail, invalidParameterCombination, missingParameter } from '../../domain/errors.ts';
import { instanceType } from '../../domain/instance-types.ts';
import type { Subnet } from '../../domain/network.ts';
import { addressInUse, subnetFull } from '../../domain/network-errors.ts';
import {
  type InterfaceAddress,
  type NetworkInterface,
  privateAddressesOf,
  withoutAddresses,
} from '../../domain/network-interface.ts';
import { tooManyAddresses } from '../../domain/network-interface-errors.ts';
import type { RegionReader, RegionWriter } from '../../stores/records/database.ts';
import { refreshGuests } from './guest-refresh.ts';
import { refuseGiven } from './launch-parameters.ts';
import { findInterface } from './network-interface-lookup.ts';
import { operation } from './operation.ts';
import { checkInSubnet, privateAddresses } from './private-addresses.ts';

/**
 * More private addresses for an interface, named or any. A guest has to configure them itself.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssignPrivateIpAddresses.html
 */
export const assignPrivateIpAddresses = operation('AssignPrivateIpAddresses', async (input, context) => {
  refuseGiven([['Ipv4Prefix', input.Ipv4Prefixes ?? input.Ipv4PrefixCount]]);
  const wanted = checkAddresses(input.PrivateIpAddresses ?? []);
  const count = parseCount(input.SecondaryPrivateIpAddressCount);
  if (wanted.length > 0 && count > 0)
    throw invalidParameterCombination(
      'The parameters PrivateIpAddresses and SecondaryPrivateIpAddressCount may not both be specified.',
    );
  if (wanted.length === 0 && count === 0) throw missingParameter('SecondaryPrivateIpAddressCount');
  const assigned = await context.records.transaction(async records => {
    const one = await findInterface(records, context, input.NetworkInterfaceId);
    const own = privateAddressesOf(one);
    const added = wanted.filter(address => !own.includes(address));
    await checkLimit(records, one, added.length + count);
    const subnet = (await records.subnets.get(one.subnetId))!;
    const moved = input.AllowReassignment ? await takeOver(records, one, subnet, added) : [];
    const pool = await privateAddresses(records, subnet);
    const isMoved = (address: string) => moved.some(({ privateIpAddress }) => privateIpAddress === address);
    const fresh = [
      ...added.filter(address => !isMoved(address)).map(pool.take),
      ...Array.from({ length: count }, () => pool.next() ?? fail(subnetFull(subnet.subnetId))),
    ];
    const [primary, ...secondary] = one.addresses;
    await records.networkInterfaces.put({
      ...one,
      addresses: [primary, ...secondary, ...moved, ...fresh.map(privateIpAddress => ({ privateIpAddress }))],
    });
    await refreshGuests(records, context, one);
    return count > 0 ? fresh : wanted;
  });
  context.jobs.wake();
  return {
    NetworkInterfaceId: input.NetworkInterfaceId,
    AssignedPrivateIpAddresses: assigned.map(PrivateIpAddress => ({ PrivateIpAddress })),
    AssignedIpv4Prefixes: [],
  };
});

/** @throws PrivateIpAddressLimitExceeded past what the instance's type takes */
async function checkLimit(records: RegionReader, one: NetworkInterface, more: number): Promise<void> {
  const instance = one.attachment && (await records.instances.get(one.attachment.instanceId));
  const most = (instance && instanceType(instance.instanceType)?.addressesPerInterface) ?? mostAddresses;
  if (one.addresses.length + more > most) throw tooManyAddresses();
}

/** Takes secondary addresses from other interfaces of the subnet, with the Elastic IP addresses that lead to them. */
async function takeOver(
  records: RegionWriter,
  one: NetworkInterface,
  subnet: Subnet,
  wanted: readonly string[],
): Promise<InterfaceAddress[]> {
  for (const address of wanted) checkInSubnet(subnet, address);
  const { subnetId } = subnet;
  const moved: InterfaceAddress[] = [];
  for (const other of await records.networkInterfaces.list({ subnetId })) {
    const [primary, ...secondary] = other.addresses;
    if (wanted.includes(primary.privateIpAddress)) throw addressInUse(primary.privateIpAddress);
    const taken = secondary.filter(address => wanted.includes(address.privateIpAddress));
    if (taken.length === 0) continue;
    if (other.ownerId !== one.ownerId) throw addressInUse(taken[0]!.privateIpAddress);
    moved.push(...taken);
    await records.networkInterfaces.put(withoutAddresses(other, taken));
    for (const { publicAddress } of taken)
      await point(records, publicAddress?.elastic?.allocationId, one.networkInterfaceId);
  }
  return moved;
}

async function point(
  records: RegionWriter,
  allocationId: string | undefined,
  networkInterfaceId: string,
): Promise<void> {
  const elastic = allocationId === undefined ? undefined : await records.elasticAddresses.get(allocationId);
  if (elastic) await records.elasticAddresses.put({ ...elastic, networkInterfaceId });
}
