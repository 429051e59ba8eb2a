/** From what the records say of a VPC to what its network must be: the whole desired state, computed anew each time. */
import type { Instance } from './instance.ts';
import { identityDocument } from './instance-identity-document.ts';
import { type InterfaceFacts, metadataTree } from './instance-metadata-tree.ts';
import { isPoweredOn } from './instance-state.ts';
import type {
  InternetGateway,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
} from './network.ts';
import {
  type AttachedInterface,
  byDevice,
  type NetworkInterface,
  primaryAddress,
  privateAddressesOf,
} from './network-interface.ts';
import { interfaceRoutes, leadsOut } from './routing.ts';
import type { Volume } from './volume.ts';
import { resolvesHostnames, supportsDns } from './vpc-attributes.ts';
import type { Endpoint, GuestMetadata, IdentitySignatures, TrafficRule, VpcPlan } from './vpc-plan-types.ts';

/** The records of one VPC. */
export interface VpcFacts {
  region: string;
  vpc: Vpc;
  subnets: readonly Subnet[];
  routeTables: readonly RouteTable[];
  internetGateways: readonly InternetGateway[];
  securityGroups: readonly SecurityGroup[];
  /** All of the VPC's instances; those that are powered off get no endpoints. */
  instances: readonly Instance[];
  /** All of the VPC's. */
  networkInterfaces: readonly NetworkInterface[];
  /** All volumes attached to them. */
  volumes: readonly Volume[];
  /** The owner's tags by instance id; needed for instances whose `instanceMetadataTags` is enabled. */
  tags: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Signs an identity document. */
  sign(document: string): IdentitySignatures;
}

/** Makes the plan. Endpoints are in order of instance id and device index, so that equal records make equal plans. */
export function planVpc(facts: VpcFacts): VpcPlan {
  const trafficOf = trafficByGroups(facts.networkInterfaces);
  const interfacesOf = Map.groupBy(facts.networkInterfaces, one => one.attachment?.instanceId);
  const endpoints = facts.instances
    .filter(isPoweredOn)
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1))
    .flatMap(instance => {
      const own = byDevice(interfacesOf.get(instance.instanceId) ?? []).flatMap(one => placed(one, facts));
      if (own.length === 0) return [];
      const metadata = guestMetadata(instance, own, facts);
      return own.map(one => endpoint(one, facts, trafficOf(one.securityGroups), metadata));
    });
  const { vpc } = facts;
  return {
    vpcId: vpc.vpcId,
    cidrBlock: vpc.cidrBlock,
    ...(!supportsDns(vpc) && { enableDnsSupport: false }),
    ...(!resolvesHostnames(vpc) && { enableDnsHostnames: false }),
    endpoints,
  };
}

type Traffic = Pick<Endpoint, 'ingress' | 'egress'>;
type TrafficOf = (groups: readonly SecurityGroup[]) => Traffic;

/** What groups together allow. Worked out once for all interfaces of the same groups: each of them may be in the rules of all. */
function trafficByGroups(interfaces: readonly NetworkInterface[]): TrafficOf {
  const known = new Map<string, Traffic>();
  return groups => {
    const name = groups.map(group => group.groupId).join(' ');
    const rules = groups.flatMap(group => group.rules);
    const traffic = (isEgress: boolean) =>
      distinct(
        rules.filter(rule => rule.isEgress === isEgress).flatMap(rule => trafficRules(rule, interfaces)),
      );
    const found = known.get(name) ?? { ingress: traffic(false), egress: traffic(true) };
    known.set(name, found);
    return found;
  };
}

/** The interface with its subnet and groups; one whose subnet is gone has no place. */
function placed(networkInterface: AttachedInterface, facts: VpcFacts): InterfaceFacts[] {
  const subnet = facts.subnets.find(one => one.subnetId === networkInterface.subnetId);
  const { securityGroupIds } = networkInterface;
  const securityGroups = facts.securityGroups.filter(group => securityGroupIds.includes(group.groupId));
  return subnet ? [{ networkInterface, subnet, securityGroups }] : [];
}

function endpoint(
  { networkInterface, subnet }: InterfaceFacts,
  { routeTables, internetGateways }: VpcFacts,
  traffic: Traffic,
  metadata: GuestMetadata,
): Endpoint {
  const { attachment, addresses, sourceDestCheck } = networkInterface;
  const [{ publicAddress }, ...secondary] = addresses;
  const routes = interfaceRoutes(subnet.subnetId, routeTables);
  return {
    networkInterfaceId: networkInterface.networkInterfaceId,
    instanceId: attachment.instanceId,
    deviceIndex: attachment.deviceIndex,
    macAddress: networkInterface.macAddress,
    privateIpAddress: primaryAddress(networkInterface),
    subnetCidrBlock: subnet.cidrBlock,
    ...(publicAddress && { publicIpAddress: publicAddress.publicIp }),
    ...(secondary.length > 0 && {
      secondaryAddresses: secondary.map(({ privateIpAddress, publicAddress: known }) => ({
        privateIpAddress,
        ...(known && { publicIpAddress: known.publicIp }),
      })),
    }),
    ...(!sourceDestCheck && { sourceDestCheck }),
    ...(!leadsOut(subnet.subnetId, routeTables, internetGateways) && { hasInternet: false }),
    ...(routes.length > 0 && {
      routes: routes.map(route => ({
        cidr: route.destinationCidrBlock,
        networkInterfaceId: route.networkInterfaceId,
      })),
    }),
    ...traffic,
    metadata,
  };
}

/** The same behind each of the guest's interfaces. */
function guestMetadata(
  instance: Instance,
  interfaces: readonly InterfaceFacts[],
  facts: VpcFacts,
): GuestMetadata {
  const document = identityDocument(instance, facts.region);
  const { metadataOptions: options, keyName, userData } = instance;
  return {
    options,
    tree: metadataTree({
      region: facts.region,
      instance,
      vpc: facts.vpc,
      interfaces,
      volumes: facts.volumes.filter(volume => volume.attachment?.instanceId === instance.instanceId),
      tags: options.instanceMetadataTags === 'enabled' ? facts.tags.get(instance.instanceId) : undefined,
    }),
    ...(keyName !== undefined && { keyName }),
    identityDocument: document,
    identitySignatures: facts.sign(document),
    ...(userData !== undefined && { userData }),
  };
}

const protocols: Readonly<Record<string, TrafficRule['protocol']>> = {
  tcp: 'tcp',
  udp: 'udp',
  icmp: 'icmp',
  '-1': 'all',
};

/** A referenced group stands for the private addresses of its members. Rules about IPv6 have no traffic to allow. */
function trafficRules(rule: SecurityGroupRule, interfaces: readonly NetworkInterface[]): TrafficRule[] {
  const protocol = protocols[rule.ipProtocol];
  if (!protocol) return [];
  const cidrs = rule.referencedGroupId
    ? interfaces
        .filter(one => one.securityGroupIds.includes(rule.referencedGroupId!))
        .flatMap(privateAddressesOf)
        .map(address => `${address}/32`)
        .sort()
    : rule.cidrIpv4
      ? [rule.cidrIpv4]
      : [];
  return cidrs.map(cidr => ({ protocol, fromPort: rule.fromPort, toPort: rule.toPort, cidr }));
}

function distinct(rules: readonly TrafficRule[]): TrafficRule[] {
  return [...new Map(rules.map(rule => [JSON.stringify(rule), rule])).values()];
}
