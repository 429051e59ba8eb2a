import { cidrBlock, usableAddresses } from './addresses.ts';
import type { FilterTable, FilterValue } from './filters.ts';
import type { Subnet, Vpc } from './network.ts';
import type { NetworkInterface } from './network-interface.ts';
import { zoneId } from './network-zones.ts';
import { partitionOf } from './partition.ts';
import { mapsPublicIp } from './vpc-attributes.ts';

/** Filters about what the networks here do not have (IPv6, Outposts) match nothing. */
const nothing = (...names: string[]): Record<string, () => FilterValue> =>
  Object.fromEntries(names.map(name => [name, () => undefined]));

/** DescribeVpcs' filters, under their older names too. */
export const vpcFilters: FilterTable<Vpc> = {
  cidr: vpc => vpc.cidrBlock,
  'cidr-block': vpc => vpc.cidrBlock,
  'cidr-block-association.cidr-block': vpc => vpc.cidrBlock,
  'cidr-block-association.association-id': vpc => cidrAssociationId(vpc.vpcId),
  'cidr-block-association.state': () => 'associated',
  'is-default': vpc => vpc.isDefault,
  isDefault: vpc => vpc.isDefault,
  'owner-id': vpc => vpc.ownerId,
  state: () => 'available',
  'vpc-id': vpc => vpc.vpcId,
  'dhcp-options-id': () => 'default',
  ...nothing(
    'ipv6-cidr-block-association.ipv6-cidr-block',
    'ipv6-cidr-block-association.ipv6-pool',
    'ipv6-cidr-block-association.association-id',
    'ipv6-cidr-block-association.state',
  ),
};

/** The id of a VPC's one CIDR block association follows from its own. */
export function cidrAssociationId(vpcId: string): string {
  return vpcId.replace(/^vpc-/, 'vpc-cidr-assoc-');
}

/** A subnet and how many addresses it has left. */
export interface SubnetView {
  subnet: Subnet;
  availableAddresses: number;
  region: string;
}

/** Counts the addresses a subnet has left beside those of network interfaces. */
export function availableAddresses(subnet: Subnet, interfaces: readonly NetworkInterface[]): number {
  const used = interfaces
    .filter(one => one.subnetId === subnet.subnetId)
    .reduce((sum, one) => sum + one.addresses.length, 0);
  return usableAddresses(cidrBlock(subnet.cidrBlock)) - used;
}

export function subnetArn({ subnet, region }: SubnetView): string {
  return `arn:${partitionOf(region)}:ec2:${region}:${subnet.ownerId}:subnet/${subnet.subnetId}`;
}

/** DescribeSubnets' filters, under their older names too. */
export const subnetFilters: FilterTable<SubnetView> = {
  'availability-zone': ({ subnet }) => subnet.availabilityZone,
  availabilityZone: ({ subnet }) => subnet.availabilityZone,
  'availability-zone-id': ({ subnet }) => zoneId(subnet.availabilityZone),
  availabilityZoneId: ({ subnet }) => zoneId(subnet.availabilityZone),
  'available-ip-address-count': view => view.availableAddresses,
  cidr: ({ subnet }) => subnet.cidrBlock,
  'cidr-block': ({ subnet }) => subnet.cidrBlock,
  cidrBlock: ({ subnet }) => subnet.cidrBlock,
  'default-for-az': ({ subnet }) => subnet.defaultForAz,
  defaultForAz: ({ subnet }) => subnet.defaultForAz,
  'enable-dns64': () => false,
  'ipv6-native': () => false,
  'map-customer-owned-ip-on-launch': () => false,
  'map-public-ip-on-launch': ({ subnet }) => mapsPublicIp(subnet),
  'owner-id': ({ subnet }) => subnet.ownerId,
  'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': () => false,
  'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': () => false,
  'private-dns-name-options-on-launch.hostname-type': () => 'ip-name',
  state: () => 'available',
  'subnet-arn': subnetArn,
  'subnet-id': ({ subnet }) => subnet.subnetId,
  'vpc-id': ({ subnet }) => subnet.vpcId,
  ...nothing(
    'customer-owned-ipv4-pool',
    'enable-lni-at-device-index',
    'ipv6-cidr-block-association.association-id',
    'ipv6-cidr-block-association.ipv6-cidr-block',
    'ipv6-cidr-block-association.state',
    'outpost-arn',
  ),
};
