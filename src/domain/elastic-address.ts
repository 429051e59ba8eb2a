import type { FilterTable } from './filters.ts';
import type { InterfaceAddress, NetworkInterface } from './network-interface.ts';

/** How many an account may have in a region: AWS's limit before it is asked for more. */
export const mostElasticAddresses = 5;

/** An Elastic IP address as the region keeps it. What it leads to is said by the network interface it is associated with. */
export interface ElasticAddress {
  allocationId: string;
  ownerId: string;
  publicIp: string;
  /** Absent: it is associated with none. */
  networkInterfaceId?: string;
}

/** An Elastic IP address with what is shown and filtered beside it. */
export interface ElasticAddressView {
  address: ElasticAddress;
  /** The interface it is associated with, and there the private address. */
  networkInterface?: NetworkInterface;
  target?: InterfaceAddress;
  region: string;
  tags: Readonly<Record<string, string>>;
}

/** The private address of an interface that an Elastic IP address leads to. */
export function targetOf(
  one: NetworkInterface | undefined,
  allocationId: string,
): InterfaceAddress | undefined {
  return one?.addresses.find(({ publicAddress }) => publicAddress?.elastic?.allocationId === allocationId);
}

/** DescribeAddresses' filters. */
export const elasticAddressFilters: FilterTable<ElasticAddressView> = {
  'allocation-id': ({ address }) => address.allocationId,
  'association-id': ({ target }) => target?.publicAddress?.elastic?.associationId,
  domain: () => 'vpc',
  'instance-id': ({ networkInterface }) => networkInterface?.attachment?.instanceId,
  'network-border-group': ({ region }) => region,
  'network-interface-id': ({ networkInterface }) => networkInterface?.networkInterfaceId,
  'network-interface-owner-id': ({ networkInterface }) => networkInterface?.ownerId,
  'private-ip-address': ({ target }) => target?.privateIpAddress,
  'public-ip': ({ address }) => address.publicIp,
};
