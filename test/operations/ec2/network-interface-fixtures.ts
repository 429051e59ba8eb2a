import type {
  CreateNetworkInterfaceResult,
  DescribeNetworkInterfacesResult,
  DescribeSubnetsResult,
  NetworkInterface,
  Subnet,
} from '@aws-sdk/client-ec2';
import { createNetworkInterface } from '../../../src/operations/ec2/create-network-interface.ts';
import { describeNetworkInterfaces } from '../../../src/operations/ec2/describe-network-interfaces.ts';
import { describeSubnets } from '../../../src/operations/ec2/describe-subnets.ts';
import type { TestRegion } from '../region.ts';

export async function subnets(region: TestRegion): Promise<Subnet[]> {
  const { Subnets } = await region.call<DescribeSubnetsResult>(describeSubnets, {});
  return Subnets!.sort((a, b) => (a.AvailabilityZone! < b.AvailabilityZone! ? -1 : 1));
}

/** Makes an interface in the default subnet of the first zone. */
export async function newInterface(region: TestRegion, input: object = {}): Promise<NetworkInterface> {
  const [first] = await subnets(region);
  const made = await region.call<CreateNetworkInterfaceResult>(createNetworkInterface, {
    SubnetId: first!.SubnetId,
    ...input,
  });
  return made.NetworkInterface!;
}

/** What DescribeNetworkInterfaces shows. */
export async function interfaces(
  region: TestRegion,
  input: object = {},
  account?: string,
): Promise<NetworkInterface[]> {
  return (await region.call<DescribeNetworkInterfacesResult>(describeNetworkInterfaces, input, account))
    .NetworkInterfaces!;
}

export async function interfaceOf(region: TestRegion, id: string): Promise<NetworkInterface> {
  return (await interfaces(region, { NetworkInterfaceIds: [id] }))[0]!;
}

export const privateAddresses = (one: Pick<NetworkInterface, 'PrivateIpAddresses'>) =>
  one.PrivateIpAddresses!.map(address => address.PrivateIpAddress);
