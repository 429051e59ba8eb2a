/** The names and addresses of a VPC's namespace, all derived: nothing about them needs to be remembered. */
import { cidrBlock, formatAddress } from '../../domain/addresses.ts';
import type { Endpoint } from '../../domain/vpc-plan-types.ts';

export const metadataAddress = '169.254.169.254';

/** AWS's resolver is found here in every VPC, besides the VPC's own base address plus two. */
export const linkLocalResolver = '169.254.169.253';

/**
 * The small network between a VPC's namespace and slirp4netns. Link-local, since no VPC may lie there: slirp's usual
 * 10.0.2.0/24 lies within the commonest VPC block.
 */
export const outside = {
  cidr: '169.254.77.0/24',
  /** Who a connection from the host's loopback seems to come from. */
  loopbackClient: '169.254.77.2',
  /** Leads to the host's resolver. */
  resolver: '169.254.77.3',
  interface: 'tapout',
} as const;

/** The tap of a guest's network interface: 15 characters, the most an interface name may have. */
export function tapName(networkInterfaceId: string): string {
  return `vm${networkInterfaceId.slice(networkInterfaceId.indexOf('-') + 1).slice(-13)}`;
}

/** All private addresses of a network interface, the primary first. */
export function privateAddresses({ privateIpAddress, secondaryAddresses = [] }: Endpoint): string[] {
  return [privateIpAddress, ...secondaryAddresses.map(one => one.privateIpAddress)];
}

/** The first address of a subnet is its router. */
export function gatewayAddress(subnetCidrBlock: string): string {
  return formatAddress(cidrBlock(subnetCidrBlock).first + 1);
}

export function resolverAddress(vpcCidrBlock: string): string {
  return formatAddress(cidrBlock(vpcCidrBlock).first + 2);
}
