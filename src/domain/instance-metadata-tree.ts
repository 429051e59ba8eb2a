import { privateDnsName } from './addresses.ts';
import type { Instance } from './instance.ts';
import { instanceType } from './instance-types.ts';
import type { SecurityGroup, Subnet, Vpc } from './network.ts';
import { zoneId } from './network-zones.ts';
import { partitionOf } from './partition.ts';
import type { Volume } from './volume.ts';
import type { MetadataTree } from './vpc-plan-types.ts';

/** What one instance's metadata is made of. `tags` only when the instance shows them to its guest. */
export interface InstanceFacts {
  region: string;
  instance: Instance;
  vpc: Vpc;
  subnet: Subnet;
  securityGroups: readonly SecurityGroup[];
  volumes: readonly Volume[];
  tags?: Readonly<Record<string, string>>;
}

/** The tree under /latest/meta-data (spec E): what an instance has not is absent, and so not found. */
export function metadataTree(facts: InstanceFacts): MetadataTree {
  const { region, instance } = facts;
  const partition = partitionOf(region);
  const hostname = privateDnsName(region, instance.privateIpAddress);
  return withoutAbsent({
    'ami-id': instance.imageId,
    'ami-launch-index': String(instance.amiLaunchIndex),
    'ami-manifest-path': '(unknown)',
    'block-device-mapping': blockDevices(instance, facts.volumes),
    // No maintenance is ever planned.
    events: { maintenance: { history: '[]', scheduled: '[]' } },
    hostname,
    'instance-action':
      instance.state === 'stopping' || instance.state === 'shutting-down' ? 'shutdown' : 'none',
    'instance-id': instance.instanceId,
    'instance-life-cycle': 'on-demand',
    'instance-type': instance.instanceType,
    'local-hostname': hostname,
    'local-ipv4': instance.privateIpAddress,
    mac: instance.macAddress,
    network: { interfaces: { macs: { [instance.macAddress]: networkInterface(facts, hostname) } } },
    placement: {
      'availability-zone': instance.availabilityZone,
      'availability-zone-id': zoneId(instance.availabilityZone),
      region,
    },
    'product-codes': instance.productCodes.length ? instance.productCodes.join('\n') : undefined,
    profile: instance.virtualizationType === 'hvm' ? 'default-hvm' : 'default-paravirtual',
    'public-ipv4': instance.publicIpAddress,
    'public-keys':
      instance.publicKey === undefined ? undefined : { '0': { 'openssh-key': instance.publicKey } },
    'reservation-id': instance.reservationId,
    'security-groups': facts.securityGroups.map(group => group.groupName).join('\n'),
    services: {
      domain: partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
      partition,
    },
    system: instanceType(instance.instanceType)?.hypervisor,
    tags: tagFolder(facts.tags),
  });
}

function networkInterface(facts: InstanceFacts, hostname: string): MetadataTree {
  const { instance, vpc, subnet, securityGroups } = facts;
  return withoutAbsent({
    'device-number': '0',
    'interface-id': instance.networkInterfaceId,
    'ipv4-associations':
      instance.publicIpAddress === undefined
        ? undefined
        : { [instance.publicIpAddress]: instance.privateIpAddress },
    'local-hostname': hostname,
    'local-ipv4s': instance.privateIpAddress,
    mac: instance.macAddress,
    'network-card-index': '0',
    'owner-id': instance.ownerId,
    'public-ipv4s': instance.publicIpAddress,
    'security-group-ids': securityGroups.map(group => group.groupId).join('\n'),
    'security-groups': securityGroups.map(group => group.groupName).join('\n'),
    'subnet-id': subnet.subnetId,
    'subnet-ipv4-cidr-block': subnet.cidrBlock,
    'vpc-id': vpc.vpcId,
    'vpc-ipv4-cidr-block': vpc.cidrBlock,
    'vpc-ipv4-cidr-blocks': vpc.cidrBlock,
  });
}

/**
 * `ami` names the root without `/dev/`, `root` with it; further EBS volumes are `ebs1`, `ebs2` … by device: those that were there at
 * the launch or the last start (AWS: "Instance metadata categories").
 */
function blockDevices(instance: Instance, volumes: readonly Volume[]): MetadataTree {
  const others = volumes
    .flatMap(({ attachment }) => (attachment ? [attachment] : []))
    .filter(({ attachTime }) => attachTime <= instance.launchTime)
    .map(({ device }) => device)
    .filter(device => device !== instance.rootDeviceName)
    .sort();
  return {
    ami: shortDevice(instance.rootDeviceName),
    ...Object.fromEntries(others.map((device, i) => [`ebs${i + 1}`, shortDevice(device)])),
    root: instance.rootDeviceName,
  };
}

const shortDevice = (device: string) => device.replace(/^\/dev\//, '');

/** A tag whose key cannot be one name in a path has none (AWS refuses such keys where tags are shown). */
function tagFolder(tags: Readonly<Record<string, string>> | undefined): MetadataTree | undefined {
  const shown = Object.entries(tags ?? {}).filter(([key]) => isMetadataTagKey(key));
  return shown.length ? { instance: Object.fromEntries(shown) } : undefined;
}

/** Whether a tag's key can be shown in the metadata (AWS: "Work with instance tags in instance metadata"). */
export function isMetadataTagKey(key: string): boolean {
  return /^[0-9a-zA-Z\-_+=,.@:]{1,255}$/.test(key) && !['.', '..', '_index'].includes(key);
}

function withoutAbsent(tree: Record<string, string | MetadataTree | undefined>): MetadataTree {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
