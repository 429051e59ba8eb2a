import { privateDnsName } from './addresses.ts';
import type { Instance } from './instance.ts';
import { instanceType } from './instance-types.ts';
import type { SecurityGroup, Subnet, Vpc } from './network.ts';
import { type AttachedInterface, privateAddressesOf, publicAddressesOf } from './network-interface.ts';
import { zoneId } from './network-zones.ts';
import { partitionOf } from './partition.ts';
import type { Volume } from './volume.ts';
import type { MetadataTree } from './vpc-plan-types.ts';

/** A network interface of an instance, and where it is. */
export interface InterfaceFacts {
  networkInterface: AttachedInterface;
  subnet: Subnet;
  securityGroups: readonly SecurityGroup[];
}

/** What one instance's metadata is made of. `tags` only when the instance shows them to its guest. */
export interface InstanceFacts {
  region: string;
  instance: Instance;
  vpc: Vpc;
  /** The primary one first. */
  interfaces: readonly InterfaceFacts[];
  volumes: readonly Volume[];
  tags?: Readonly<Record<string, string>>;
}

/** The tree under /latest/meta-data (spec E): what an instance has not is absent, and so not found. */
export function metadataTree(facts: InstanceFacts): MetadataTree {
  const { region, instance, interfaces } = facts;
  const primary = interfaces[0];
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
    network: {
      interfaces: {
        macs: Object.fromEntries(
          interfaces.map(one => [one.networkInterface.macAddress, interfaceFolder(one, facts)]),
        ),
      },
    },
    placement: {
      'availability-zone': instance.availabilityZone,
      'availability-zone-id': zoneId(instance.availabilityZone),
      region,
    },
    'product-codes': instance.productCodes.length ? instance.productCodes.join('\n') : undefined,
    profile: instance.virtualizationType === 'hvm' ? 'default-hvm' : 'default-paravirtual',
    'public-ipv4': primary?.networkInterface.addresses[0].publicAddress?.publicIp,
    'public-keys':
      instance.publicKey === undefined ? undefined : { '0': { 'openssh-key': instance.publicKey } },
    'reservation-id': instance.reservationId,
    'security-groups': primary?.securityGroups.map(group => group.groupName).join('\n'),
    services: {
      domain: partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
      partition,
    },
    system: instanceType(instance.instanceType)?.hypervisor,
    tags: tagFolder(facts.tags),
  });
}

function interfaceFolder(
  { networkInterface, subnet, securityGroups }: InterfaceFacts,
  { region, vpc }: InstanceFacts,
): MetadataTree {
  const { addresses } = networkInterface;
  const publicIps = publicAddressesOf(networkInterface);
  return withoutAbsent({
    'device-number': String(networkInterface.attachment.deviceIndex),
    'interface-id': networkInterface.networkInterfaceId,
    'ipv4-associations':
      publicIps.length === 0
        ? undefined
        : Object.fromEntries(
            addresses.flatMap(({ publicAddress, privateIpAddress }) =>
              publicAddress ? [[publicAddress.publicIp, privateIpAddress]] : [],
            ),
          ),
    'local-hostname': privateDnsName(region, addresses[0].privateIpAddress),
    'local-ipv4s': privateAddressesOf(networkInterface).join('\n'),
    mac: networkInterface.macAddress,
    'network-card-index': '0',
    'owner-id': networkInterface.ownerId,
    'public-ipv4s': publicIps.length === 0 ? undefined : publicIps.join('\n'),
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
