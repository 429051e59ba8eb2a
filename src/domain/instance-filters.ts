/** DescribeInstances' 136 filters. `tag:<key>` and `tag-key` come with the tags. */
import { privateDnsName } from './addresses.ts';
import type { FilterTable, FilterValue } from './filters.ts';
import { instanceStateCodes } from './instance.ts';
import { firmwareOf } from './instance-fit.ts';
import {
  type InstanceView,
  isWindows,
  networkAttachmentId,
  networkAttachmentStatus,
} from './instance-view.ts';
import { zoneId } from './network-zones.ts';

type Read = (view: InstanceView) => FilterValue;

const dnsName: Read = ({ instance, region }) => privateDnsName(region, instance.privateIpAddress);
const groupIds: Read = ({ securityGroups }) => securityGroups.map(group => group.groupId);
const groupNames: Read = ({ securityGroups }) => securityGroups.map(group => group.groupName);
const privateIp: Read = ({ instance }) => instance.privateIpAddress;
const publicIp: Read = ({ instance }) => instance.publicIpAddress;
/** AWS owns a public address that is no Elastic IP. */
const publicIpOwner: Read = ({ instance }) => (instance.publicIpAddress ? 'amazon' : undefined);

const ofInstance: Record<string, Read> = {
  architecture: ({ instance }) => instance.architecture,
  'availability-zone': ({ instance }) => instance.availabilityZone,
  'availability-zone-id': ({ instance }) => zoneId(instance.availabilityZone),
  'boot-mode': ({ instance }) => instance.bootMode,
  'client-token': ({ instance }) => instance.clientToken,
  'current-instance-boot-mode': ({ instance }) => firmwareOf(instance.architecture, instance.bootMode),
  'ebs-optimized': ({ instance }) => instance.ebsOptimized,
  'ena-support': ({ instance }) => instance.enaSupport,
  'enclave-options.enabled': () => false,
  'hibernation-options.configured': ({ instance }) => instance.hibernationConfigured ?? false,
  hypervisor: () => 'xen',
  'image-id': ({ instance }) => instance.imageId,
  'instance-id': ({ instance }) => instance.instanceId,
  'instance-state-code': ({ instance }) => instanceStateCodes[instance.state],
  'instance-state-name': ({ instance }) => instance.state,
  'instance-type': ({ instance }) => instance.instanceType,
  'instance.group-id': groupIds,
  'instance.group-name': groupNames,
  'ip-address': publicIp,
  'key-name': ({ instance }) => instance.keyName,
  'launch-index': ({ instance }) => instance.amiLaunchIndex,
  'launch-time': ({ instance }) => instance.launchTime,
  'maintenance-options.auto-recovery': () => 'default',
  'monitoring-state': () => 'disabled',
  'owner-id': ({ instance }) => instance.ownerId,
  platform: ({ instance }) => (isWindows(instance) ? 'windows' : undefined),
  'platform-details': ({ instance }) => instance.platformDetails,
  'private-dns-name': dnsName,
  'private-dns-name-options.enable-resource-name-dns-a-record': () => false,
  'private-dns-name-options.enable-resource-name-dns-aaaa-record': () => false,
  'private-dns-name-options.hostname-type': () => 'ip-name',
  'private-ip-address': privateIp,
  'product-code': ({ instance }) => instance.productCodes,
  'product-code.type': ({ instance }) => instance.productCodes.map(() => 'marketplace'),
  reason: ({ instance }) => instance.stateTransitionReason,
  'reservation-id': ({ instance }) => instance.reservationId,
  'root-device-name': ({ instance }) => instance.rootDeviceName,
  'root-device-type': ({ instance }) => instance.rootDeviceType,
  'source-dest-check': () => true,
  'state-reason-code': ({ instance }) => instance.stateReason?.code,
  'state-reason-message': ({ instance }) => instance.stateReason?.message,
  'subnet-id': ({ instance }) => instance.subnetId,
  tenancy: () => 'default',
  'usage-operation': ({ instance }) => instance.usageOperation,
  'virtualization-type': ({ instance }) => instance.virtualizationType,
  'vpc-id': ({ instance }) => instance.vpcId,
};

const ofMetadataOptions: Record<string, Read> = {
  'metadata-options.http-endpoint': ({ instance }) => instance.metadataOptions.httpEndpoint,
  'metadata-options.http-protocol-ipv4': () => 'enabled',
  'metadata-options.http-protocol-ipv6': () => 'disabled',
  'metadata-options.http-put-response-hop-limit': ({ instance }) =>
    instance.metadataOptions.httpPutResponseHopLimit,
  'metadata-options.http-tokens': ({ instance }) => instance.metadataOptions.httpTokens,
  'metadata-options.instance-metadata-tags': ({ instance }) => instance.metadataOptions.instanceMetadataTags,
  'metadata-options.state': () => 'applied',
};

const ofVolumes: Record<string, Read> = {
  'block-device-mapping.attach-time': ({ volumes }) => volumes.map(one => one.attachment?.attachTime),
  'block-device-mapping.delete-on-termination': ({ volumes }) =>
    volumes.map(one => one.attachment?.deleteOnTermination),
  'block-device-mapping.device-name': ({ volumes }) => volumes.map(one => one.attachment?.device),
  'block-device-mapping.status': ({ volumes }) => volumes.map(one => one.attachment?.state),
  'block-device-mapping.volume-id': ({ volumes }) => volumes.map(one => one.volumeId),
};

const ofNetworkInterface: Record<string, Read> = {
  'network-interface.addresses.association.ip-owner-id': publicIpOwner,
  'network-interface.addresses.association.public-ip': publicIp,
  'network-interface.addresses.primary': () => true,
  'network-interface.addresses.private-dns-name': dnsName,
  'network-interface.addresses.private-ip-address': privateIp,
  'network-interface.association.ip-owner-id': publicIpOwner,
  'network-interface.association.public-ip': publicIp,
  'network-interface.attachment.attachment-id': ({ instance }) =>
    networkAttachmentId(instance.networkInterfaceId),
  'network-interface.attachment.delete-on-termination': () => true,
  'network-interface.attachment.device-index': () => 0,
  'network-interface.attachment.instance-id': ({ instance }) => instance.instanceId,
  'network-interface.attachment.instance-owner-id': ({ instance }) => instance.ownerId,
  'network-interface.attachment.network-card-index': () => 0,
  'network-interface.attachment.status': ({ instance }) => networkAttachmentStatus(instance),
  'network-interface.availability-zone': ({ instance }) => instance.availabilityZone,
  'network-interface.deny-all-igw-traffic': () => false,
  'network-interface.description': () => '',
  'network-interface.group-id': groupIds,
  'network-interface.group-name': groupNames,
  'network-interface.ipv6-native': () => false,
  'network-interface.mac-address': ({ instance }) => instance.macAddress,
  'network-interface.network-interface-id': ({ instance }) => instance.networkInterfaceId,
  'network-interface.operator.managed': () => false,
  'network-interface.owner-id': ({ instance }) => instance.ownerId,
  'network-interface.private-dns-name': dnsName,
  'network-interface.private-ip-address': privateIp,
  'network-interface.requester-managed': () => false,
  'network-interface.source-dest-check': () => true,
  'network-interface.status': () => 'in-use',
  'network-interface.subnet-id': ({ instance }) => instance.subnetId,
  'network-interface.tag-key': ({ interfaceTags }) => Object.keys(interfaceTags),
  'network-interface.tag-value': ({ interfaceTags }) => Object.values(interfaceTags),
  'network-interface.vpc-id': ({ instance }) => instance.vpcId,
};

/** Filters about what instances here never have: known, and matching nothing. */
const unanswered = [
  'affinity',
  'capacity-reservation-id',
  'capacity-reservation-specification.capacity-reservation-preference',
  'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id',
  'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn',
  'dns-name',
  'host-id',
  'iam-instance-profile.arn',
  'iam-instance-profile.id',
  // On-demand instances have no lifecycle.
  'instance-lifecycle',
  'ipv6-address',
  'kernel-id',
  'network-interface.addresses.association.allocation-id',
  'network-interface.addresses.association.association-id',
  'network-interface.addresses.association.carrier-ip',
  'network-interface.addresses.association.customer-owned-ip',
  'network-interface.addresses.association.public-dns-name',
  'network-interface.association.allocation-id',
  'network-interface.association.association-id',
  'network-interface.association.carrier-ip',
  'network-interface.association.customer-owned-ip',
  'network-interface.association.public-dns-name',
  'network-interface.attachment.attach-time',
  'network-interface.ipv4-prefixes.ipv4-prefix',
  'network-interface.ipv6-address',
  'network-interface.ipv6-addresses.ipv6-address',
  'network-interface.ipv6-addresses.is-primary-ipv6',
  'network-interface.ipv6-prefixes.ipv6-prefix',
  'network-interface.operator.principal',
  'network-interface.outpost-arn',
  'network-interface.public-dns-name',
  'network-interface.requester-id',
  'network-performance-options.bandwidth-weighting',
  'operator.managed',
  'operator.principal',
  'outpost-arn',
  'placement-group-name',
  'placement-partition-number',
  'ramdisk-id',
  'requester-id',
  'spot-instance-request-id',
  'tpm-support',
  'usage-operation-update-time',
];

export const instanceFilters: FilterTable<InstanceView> = {
  ...ofInstance,
  ...ofMetadataOptions,
  ...ofVolumes,
  ...ofNetworkInterface,
  ...Object.fromEntries(unanswered.map(name => [name, () => undefined])),
};
