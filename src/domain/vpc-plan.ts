/** From what the records say of a VPC to what its network must be: the whole desired state, computed anew each time. */
import type { Instance } from './instance.ts';
import { identityDocument } from './instance-identity-document.ts';
import { metadataTree } from './instance-metadata-tree.ts';
import { isLive, isPoweredOn } from './instance-state.ts';
import type {
  InternetGateway,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
} from './network.ts';
import { leadsOut } from './routing.ts';
import type { Volume } from './volume.ts';
import { resolvesHostnames, supportsDns } from './vpc-attributes.ts';
import type { Endpoint, IdentitySignatures, TrafficRule, VpcPlan } from './vpc-plan-types.ts';

/** The records of one VPC. */
export interface VpcFacts {
  region: string;
  vpc: Vpc;
  subnets: readonly Subnet[];
  routeTables: readonly RouteTable[];
  internetGateways: readonly InternetGateway[];
  securityGroups: readonly SecurityGroup[];
  /** All of the VPC's instances; those that are powered off get no endpoint. */
  instances: readonly Instance[];
  /** All volumes attached to them. */
  volumes: readonly Volume[];
  /** The owner's tags by instance id; needed for instances whose `instanceMetadataTags` is enabled. */
  tags: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Signs an identity document. */
  sign(document: string): IdentitySignatures;
}

/** Makes the plan. Endpoints are in order of instance id, so that equal records make equal plans. */
export function planVpc(facts: VpcFacts): VpcPlan {
  const trafficOf = trafficByGroups(facts.instances);
  const endpoints = facts.instances
    .filter(isPoweredOn)
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1))
    .flatMap(instance => endpoint(instance, facts, trafficOf));
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

/** What groups together allow. Worked out once for all instances of the same groups: each of them may be in the rules of all. */
function trafficByGroups(instances: readonly Instance[]): TrafficOf {
  const known = new Map<string, Traffic>();
  return groups => {
    const name = groups.map(group => group.groupId).join(' ');
    const rules = groups.flatMap(group => group.rules);
    const traffic = (isEgress: boolean) =>
      distinct(
        rules.filter(rule => rule.isEgress === isEgress).flatMap(rule => trafficRules(rule, instances)),
      );
    const found = known.get(name) ?? { ingress: traffic(false), egress: traffic(true) };
    known.set(name, found);
    return found;
  };
}

function endpoint(instance: Instance, facts: VpcFacts, trafficOf: TrafficOf): Endpoint[] {
  const subnet = facts.subnets.find(one => one.subnetId === instance.subnetId);
  if (!subnet) return [];
  const groups = facts.securityGroups.filter(group => instance.securityGroupIds.includes(group.groupId));
  const document = identityDocument(instance, facts.region);
  const { metadataOptions: options, keyName, userData, publicIpAddress } = instance;
  return [
    {
      networkInterfaceId: instance.networkInterfaceId,
      instanceId: instance.instanceId,
      deviceIndex: 0,
      macAddress: instance.macAddress,
      privateIpAddress: instance.privateIpAddress,
      subnetCidrBlock: subnet.cidrBlock,
      ...(publicIpAddress !== undefined && { publicIpAddress }),
      ...(!leadsOut(subnet.subnetId, facts.routeTables, facts.internetGateways) && { hasInternet: false }),
      ...trafficOf(groups),
      metadata: {
        options,
        tree: metadataTree({
          region: facts.region,
          instance,
          vpc: facts.vpc,
          subnet,
          securityGroups: groups,
          volumes: facts.volumes.filter(volume => volume.attachment?.instanceId === instance.instanceId),
          tags: options.instanceMetadataTags === 'enabled' ? facts.tags.get(instance.instanceId) : undefined,
        }),
        ...(keyName !== undefined && { keyName }),
        identityDocument: document,
        identitySignatures: facts.sign(document),
        ...(userData !== undefined && { userData }),
      },
    },
  ];
}

const protocols: Readonly<Record<string, TrafficRule['protocol']>> = {
  tcp: 'tcp',
  udp: 'udp',
  icmp: 'icmp',
  '-1': 'all',
};

/** A referenced group stands for the private addresses of its members. Rules about IPv6 have no traffic to allow. */
function trafficRules(rule: SecurityGroupRule, instances: readonly Instance[]): TrafficRule[] {
  const protocol = protocols[rule.ipProtocol];
  if (!protocol) return [];
  const cidrs = rule.referencedGroupId
    ? instances
        .filter(one => isLive(one) && one.securityGroupIds.includes(rule.referencedGroupId!))
        .map(one => `${one.privateIpAddress}/32`)
        .sort()
    : rule.cidrIpv4
      ? [rule.cidrIpv4]
      : [];
  return cidrs.map(cidr => ({ protocol, fromPort: rule.fromPort, toPort: rule.toPort, cidr }));
}

function distinct(rules: readonly TrafficRule[]): TrafficRule[] {
  return [...new Map(rules.map(rule => [JSON.stringify(rule), rule])).values()];
}
