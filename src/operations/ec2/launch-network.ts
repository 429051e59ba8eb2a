/** Where a launch puts its instances: subnets, groups, addresses. */
import { countOf } from '../../domain/address-request.ts';
import { ApiError, fail, invalidParameterValue } from '../../domain/errors.ts';
import type { InstanceType } from '../../domain/instance-types.ts';
import type { SecurityGroup, Subnet, Vpc } from '../../domain/network.ts';
import {
  groupInOtherNetwork,
  invalidZone,
  noDefaultSubnetInZone,
  noDefaultSubnets,
  subnetFull,
} from '../../domain/network-errors.ts';
import type { NetworkInterface } from '../../domain/network-interface.ts';
import {
  differentVpcs,
  interfaceInUse,
  interfaceZoneMismatch,
  tooManyAddresses,
  tooManyInterfaces,
} from '../../domain/network-interface-errors.ts';
import { zoneId } from '../../domain/network-zones.ts';
import { mapsPublicIp } from '../../domain/vpc-attributes.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { defaultNetwork } from '../default-network.ts';
import type { InterfaceRequest, NetworkRequest } from './launch-interfaces.ts';
import { findInterface } from './network-interface-lookup.ts';
import { type AddressPool, leaseAddresses, privateAddresses } from './private-addresses.ts';
import { groupById, groupByName } from './security-group-lookup.ts';
import { ownSubnet } from './vpc-lookup.ts';

/** Where one interface of each instance goes. */
interface Place {
  request: InterfaceRequest;
  subnet: Subnet;
  securityGroups: SecurityGroup[];
  /** The interface itself, where there is one already. */
  existing?: NetworkInterface;
}

/** An interface an instance is to have. */
export interface PlannedInterface extends Place {
  /** The primary one first. */
  privateIpAddresses: string[];
}

export interface LaunchNetwork {
  /** That of the primary interface. */
  subnet: Subnet;
  /** The interfaces of each instance, the primary first: for between the least and the most instances that were asked for. */
  instances: PlannedInterface[][];
  hasPublicAddress: boolean;
}

/** Finds subnets, groups and free private addresses. @throws Invalid…NotFound, InsufficientFreeAddressesInSubnet, … */
export async function findNetwork(
  records: RegionWriter,
  context: Context,
  request: NetworkRequest,
  type: InstanceType,
  { least, most }: { least: number; most: number },
): Promise<LaunchNetwork> {
  checkLimits(request, type);
  const places: Place[] = [];
  for (const one of request.interfaces)
    places.push(await findPlace(records, context, request, one, places[0]));
  const { subnet } = places[0]!;
  if (places.some(place => place.subnet.availabilityZone !== subnet.availabilityZone))
    throw interfaceZoneMismatch();
  if (places.some(place => place.subnet.vpcId !== subnet.vpcId)) throw differentVpcs();
  const instances = await leaseFor(records, places, most);
  if (instances.length < least) throw subnetFull(subnet.subnetId);
  const hasPublicAddress = request.associatePublicIpAddress ?? mapsPublicIp(subnet);
  return { subnet, instances, hasPublicAddress };
}

/** @throws AttachmentLimitExceeded, PrivateIpAddressLimitExceeded */
function checkLimits({ interfaces }: NetworkRequest, type: InstanceType): void {
  if (interfaces.length > type.networkInterfaces) throw tooManyInterfaces(interfaces.length, type.name);
  if (interfaces.some(one => countOf(one.addresses) > type.addressesPerInterface)) throw tooManyAddresses();
}

async function findPlace(
  records: RegionWriter,
  context: Context,
  network: NetworkRequest,
  request: InterfaceRequest,
  primary: Place | undefined,
): Promise<Place> {
  if (request.networkInterfaceId !== undefined) {
    const existing = await findInterface(records, context, request.networkInterfaceId);
    if (existing.attachment) throw interfaceInUse(existing.networkInterfaceId);
    const subnet = (await records.subnets.get(existing.subnetId))!;
    return { request, subnet, securityGroups: [], existing };
  }
  const subnet =
    request.subnetId === undefined && primary
      ? primary.subnet
      : await findSubnet(records, context, { ...network, subnetId: request.subnetId });
  return { request, subnet, securityGroups: await findGroups(records, subnet, request) };
}

/** Leases addresses for as many instances as there are any for, at most so many. */
async function leaseFor(
  records: RegionWriter,
  places: readonly Place[],
  most: number,
): Promise<PlannedInterface[][]> {
  const pools = new Map<string, AddressPool>();
  for (const { subnet } of places)
    if (!pools.has(subnet.subnetId)) pools.set(subnet.subnetId, await privateAddresses(records, subnet));
  const instances: PlannedInterface[][] = [];
  while (instances.length < most) {
    const planned = places.flatMap(place => {
      if (place.existing) return [{ ...place, privateIpAddresses: [] }];
      const privateIpAddresses = leaseAddresses(pools.get(place.subnet.subnetId)!, place.request.addresses);
      return privateIpAddresses ? [{ ...place, privateIpAddresses }] : [];
    });
    if (planned.length < places.length) break;
    instances.push(planned);
  }
  return instances;
}

/** The subnet that is named, or the default one of a zone. */
async function findSubnet(
  records: RegionWriter,
  context: Context,
  request: Pick<NetworkRequest, 'zone' | 'zoneId'> & { subnetId?: string },
): Promise<Subnet> {
  const { accountId } = context.caller;
  const { zones } = context.region;
  const zone = request.zone ?? zoneOf(request.zoneId, zones);
  if (zone !== undefined && !zones.includes(zone)) throw invalidZone(zone);
  if (request.subnetId === undefined) {
    const vpc = await defaultNetwork(records, accountId, zones, context.newId);
    const subnets = await records.subnets.list({ vpcId: vpc.vpcId });
    return defaultSubnet(vpc, subnets, zone, zones);
  }
  const subnet = await ownSubnet(records, accountId, request.subnetId);
  if (zone !== undefined && zone !== subnet.availabilityZone)
    throw invalidParameterValue(
      `The availability zone '${zone}' does not match the zone '${subnet.availabilityZone}' of subnet '${subnet.subnetId}'`,
    );
  return subnet;
}

/** In the zone that was named, else in the first one that has one. @throws MissingInput, InvalidInput */
function defaultSubnet(
  vpc: Vpc,
  subnets: readonly Subnet[],
  zone: string | undefined,
  zones: readonly string[],
): Subnet {
  const inZone = (name: string) => subnets.find(one => one.defaultForAz && one.availabilityZone === name);
  if (zone !== undefined) return inZone(zone) ?? fail(noDefaultSubnetInZone(zone));
  return zones.map(inZone).find(Boolean) ?? fail(noDefaultSubnets(vpc.vpcId));
}

function zoneOf(id: string | undefined, zones: readonly string[]): string | undefined {
  if (id === undefined) return undefined;
  return zones.find(zone => zoneId(zone) === id) ?? fail(invalidZone(id));
}

const mostGroups = 5;

/** The groups of a network interface; the default one where none is named. @throws InvalidGroup.NotFound, … */
export async function findGroups(
  records: RegionWriter,
  subnet: Pick<Subnet, 'subnetId' | 'vpcId' | 'ownerId'>,
  { groupIds, groupNames }: Pick<InterfaceRequest, 'groupIds' | 'groupNames'>,
): Promise<SecurityGroup[]> {
  const names = groupIds.length || groupNames.length ? groupNames : ['default'];
  const groups: SecurityGroup[] = [];
  for (const id of groupIds) groups.push(await groupById(records, subnet.ownerId, id));
  for (const name of names) groups.push(await groupByName(records, subnet.vpcId, name));
  const other = groups.find(group => group.vpcId !== subnet.vpcId);
  if (other) throw groupInOtherNetwork(other.groupId, subnet.subnetId);
  const distinct = [...new Map(groups.map(group => [group.groupId, group])).values()];
  return distinct.length <= mostGroups ? distinct : fail(tooManyGroups());
}

const tooManyGroups = () =>
  new ApiError(
    'SecurityGroupsPerInterfaceLimitExceeded',
    'The maximum number of security groups per interface has been reached.',
  );
