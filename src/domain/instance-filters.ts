/** DescribeInstances' 136 filters. `tag:<key>` and `tag-key` come with the tags. */
import { privateDnsName } from './addresses.ts';
import type { FilterTable, FilterValue } from './filters.ts';
import { instanceStateCodes } from './instance.ts';
import { currentBootMode } from './instance-fit.ts';
import { type InstanceView, isWindows, publicIpOf, securityGroupsOf } from './instance-view.ts';
import { sharedInterfaceFilters } from './network-interface-filters.ts';
import { zoneId } from './network-zones.ts';

type Read = (view: InstanceView) => FilterValue;

const ofInstance: Record<string, Read> = {
  architecture: ({ instance }) => instance.architecture,
  'availability-zone': ({ instance }) => instance.availabilityZone,
  'availability-zone-id': ({ instance }) => zoneId(instance.availabilityZone),
  'boot-mode': ({ instance }) => instance.bootMode,
  'client-token': ({ instance }) => instance.clientToken,
  'current-instance-boot-mode': ({ instance }) => currentBootMode(instance),
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
  'instance.group-id': view => securityGroupsOf(view).map(group => group.groupId),
  'instance.group-name': view => securityGroupsOf(view).map(group => group.groupName),
  'ip-address': publicIpOf,
  'key-name': ({ instance }) => instance.keyName,
  'launch-index': ({ instance }) => instance.amiLaunchIndex,
  'launch-time': ({ instance }) => instance.launchTime,
  'maintenance-options.auto-recovery': () => 'default',
  'monitoring-state': () => 'disabled',
  'owner-id': ({ instance }) => instance.ownerId,
  platform: ({ instance }) => (isWindows(instance) ? 'windows' : undefined),
  'platform-details': ({ instance }) => instance.platformDetails,
  'private-dns-name': ({ instance, region }) => privateDnsName(region, instance.privateIpAddress),
  'private-dns-name-options.enable-resource-name-dns-a-record': () => false,
  'private-dns-name-options.enable-resource-name-dns-aaaa-record': () => false,
  'private-dns-name-options.hostname-type': () => 'ip-name',
  'private-ip-address': ({ instance }) => instance.privateIpAddress,
  'product-code': ({ instance }) => instance.productCodes,
  'product-code.type': ({ instance }) => instance.productCodes.map(() => 'marketplace'),
  reason: ({ instance }) => instance.stateTransitionReason,
  'reservation-id': ({ instance }) => instance.reservationId,
  'root-device-name': ({ instance }) => instance.rootDeviceName,
  'root-device-type': ({ instance }) => instance.rootDeviceType,
  'source-dest-check': ({ networkInterfaces }) => networkInterfaces[0]?.networkInterface.sourceDestCheck,
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

/** What DescribeNetworkInterfaces can be asked, of any of the instance's network interfaces. */
const ofNetworkInterfaces: Record<string, Read> = Object.fromEntries(
  Object.entries(sharedInterfaceFilters).map(([name, read]): [string, Read] => [
    `network-interface.${name}`,
    ({ networkInterfaces }) => networkInterfaces.flatMap(read),
  ]),
);

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
  ...ofNetworkInterfaces,
  'network-interface.tag-key': ({ networkInterfaces }) =>
    networkInterfaces.flatMap(one => Object.keys(one.tags)),
  'network-interface.tag-value': ({ networkInterfaces }) =>
    networkInterfaces.flatMap(one => Object.values(one.tags)),
  ...Object.fromEntries(unanswered.map(name => [name, () => undefined])),
};
