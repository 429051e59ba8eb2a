/** DescribeNetworkInterfaces' filters, most of which DescribeInstances has too, as `network-interface.…`. */
import { privateDnsName } from './addresses.ts';
import type { FilterTable, FilterValue } from './filters.ts';
import { primaryAddress, privateAddressesOf } from './network-interface.ts';
import { association, type InterfaceView, interfaceStatus } from './network-interface-view.ts';
import { zoneId } from './network-zones.ts';

type Read = (view: InterfaceView) => FilterValue;

const ofAssociation =
  (field: 'publicIp' | 'ipOwnerId' | 'allocationId' | 'associationId'): Read =>
  ({ networkInterface }) =>
    networkInterface.addresses.map(address => association(address, networkInterface)?.[field]);
const ofPrimaryAssociation =
  (field: 'publicIp' | 'ipOwnerId' | 'allocationId' | 'associationId'): Read =>
  ({ networkInterface }) =>
    association(networkInterface.addresses[0], networkInterface)?.[field];

const ofAddresses: Record<string, Read> = {
  'addresses.association.allocation-id': ofAssociation('allocationId'),
  'addresses.association.association-id': ofAssociation('associationId'),
  'addresses.association.ip-owner-id': ofAssociation('ipOwnerId'),
  'addresses.association.public-ip': ofAssociation('publicIp'),
  'addresses.primary': ({ networkInterface }) => networkInterface.addresses.map((_, index) => index === 0),
  'addresses.private-dns-name': ({ networkInterface, region }) =>
    privateAddressesOf(networkInterface).map(address => privateDnsName(region, address)),
  'addresses.private-ip-address': ({ networkInterface }) => privateAddressesOf(networkInterface),
  'association.allocation-id': ofPrimaryAssociation('allocationId'),
  'association.association-id': ofPrimaryAssociation('associationId'),
  'association.ip-owner-id': ofPrimaryAssociation('ipOwnerId'),
  'association.public-ip': ofPrimaryAssociation('publicIp'),
};

const ofAttachment: Record<string, Read> = {
  'attachment.attach-time': ({ networkInterface }) => networkInterface.attachment?.attachTime,
  'attachment.attachment-id': ({ networkInterface }) => networkInterface.attachment?.attachmentId,
  'attachment.delete-on-termination': ({ networkInterface }) =>
    networkInterface.attachment?.deleteOnTermination,
  'attachment.device-index': ({ networkInterface }) => networkInterface.attachment?.deviceIndex,
  'attachment.instance-id': ({ networkInterface }) => networkInterface.attachment?.instanceId,
  'attachment.instance-owner-id': ({ networkInterface }) =>
    networkInterface.attachment && networkInterface.ownerId,
  'attachment.network-card-index': ({ networkInterface }) => networkInterface.attachment && 0,
  'attachment.status': ({ networkInterface }) => networkInterface.attachment?.status ?? 'detached',
};

const ofItself: Record<string, Read> = {
  'availability-zone': ({ networkInterface }) => networkInterface.availabilityZone,
  'deny-all-igw-traffic': () => false,
  description: ({ networkInterface }) => networkInterface.description,
  'group-id': ({ securityGroups }) => securityGroups.map(group => group.groupId),
  'group-name': ({ securityGroups }) => securityGroups.map(group => group.groupName),
  'ipv6-native': () => false,
  'mac-address': ({ networkInterface }) => networkInterface.macAddress,
  'network-interface-id': ({ networkInterface }) => networkInterface.networkInterfaceId,
  'operator.managed': () => false,
  'owner-id': ({ networkInterface }) => networkInterface.ownerId,
  'private-dns-name': ({ networkInterface, region }) =>
    privateDnsName(region, primaryAddress(networkInterface)),
  'private-ip-address': ({ networkInterface }) => privateAddressesOf(networkInterface),
  'requester-managed': () => false,
  'source-dest-check': ({ networkInterface }) => networkInterface.sourceDestCheck,
  status: ({ networkInterface }) => interfaceStatus(networkInterface),
  'subnet-id': ({ networkInterface }) => networkInterface.subnetId,
  'vpc-id': ({ networkInterface }) => networkInterface.vpcId,
};

/** About what interfaces here never have: known, and matching nothing. */
const unanswered = [
  'addresses.association.carrier-ip',
  'addresses.association.customer-owned-ip',
  'addresses.association.public-dns-name',
  'association.carrier-ip',
  'association.customer-owned-ip',
  'association.public-dns-name',
  'ipv4-prefixes.ipv4-prefix',
  'ipv6-address',
  'ipv6-addresses.ipv6-address',
  'ipv6-addresses.is-primary-ipv6',
  'ipv6-prefixes.ipv6-prefix',
  'operator.principal',
  'outpost-arn',
  'public-dns-name',
  'requester-id',
];

/** Those that DescribeInstances has too. */
export const sharedInterfaceFilters: FilterTable<InterfaceView> = {
  ...ofAddresses,
  ...ofAttachment,
  ...ofItself,
  ...Object.fromEntries(unanswered.map(name => [name, () => undefined])),
};

export const networkInterfaceFilters: FilterTable<InterfaceView> = {
  ...sharedInterfaceFilters,
  'addresses.association.owner-id': ofAssociation('ipOwnerId'),
  'availability-zone-id': ({ networkInterface }) => zoneId(networkInterface.availabilityZone),
  'interface-type': () => 'interface',
};
