/** Where a launch puts its instances: subnet, groups, addresses. Stated for the instance, or for its one network interface. */
import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import { cidrBlock, contains, isReserved, nextPrivateAddress, parseAddress } from '../../domain/addresses.ts';
import {
  ApiError,
  fail,
  invalidParameterCombination,
  invalidParameterValue,
  unsupportedOperation,
} from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import { liveStates } from '../../domain/instance-state.ts';
import type { SecurityGroup, Subnet, Vpc } from '../../domain/network.ts';
import {
  addressInUse,
  addressOutsideSubnet,
  addressReserved,
  groupInOtherNetwork,
  invalidZone,
  noDefaultSubnetInZone,
  noDefaultSubnets,
  subnetFull,
} from '../../domain/network-errors.ts';
import { zoneId } from '../../domain/network-zones.ts';
import { mapsPublicIp } from '../../domain/vpc-attributes.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { defaultNetwork } from '../default-network.ts';
import { optionalId } from './request.ts';
import { groupById, groupByName } from './security-group-lookup.ts';
import { ownSubnet } from './vpc-lookup.ts';

export interface NetworkRequest {
  subnetId?: string;
  zone?: string;
  zoneId?: string;
  groupIds: string[];
  groupNames: string[];
  privateIpAddress?: string;
  associatePublicIpAddress?: boolean;
}

export interface LaunchNetwork {
  subnet: Subnet;
  securityGroups: SecurityGroup[];
  /** One private address for each instance: between the least and the most that were asked for. */
  privateIpAddresses: string[];
  hasPublicAddress: boolean;
}

/** @throws InvalidParameterCombination, InvalidParameterValue, UnsupportedOperation, Invalid…Malformed */
export function parseNetwork(input: RunInstancesRequest, most: number): NetworkRequest {
  const nics = input.NetworkInterfaces ?? [];
  if (nics.length > 1) throw unsupportedOperation('More than one network interface is not supported.');
  const nic = nics[0];
  const top = { ids: given(input.SecurityGroupIds), names: given(input.SecurityGroups) };
  if (nic && (top.ids.length || top.names.length)) throw notBoth('an instance-level security groups');
  if (nic && input.SubnetId) throw notBoth('an instance-level subnet ID');
  if (top.names.length && input.SubnetId)
    throw invalidParameterCombination('The parameter groupName cannot be used with the parameter subnet');
  if (nic && input.PrivateIpAddress) throw notBoth('an instance-level private IP address');
  const primary = nic?.PrivateIpAddresses?.find(address => address.Primary)?.PrivateIpAddress;
  const privateIpAddress = (nic ? nic.PrivateIpAddress || primary : input.PrivateIpAddress) || undefined;
  if (privateIpAddress && most > 1)
    throw invalidParameterCombination('A private IP address cannot be specified for more than one instance');
  if (privateIpAddress && parseAddress(privateIpAddress) === undefined)
    throw invalidParameterValue(`Value (${privateIpAddress}) for parameter privateIpAddress is invalid.`);
  return {
    subnetId: optionalId('subnet', nic ? nic.SubnetId : input.SubnetId),
    zone: input.Placement?.AvailabilityZone || undefined,
    zoneId: input.Placement?.AvailabilityZoneId || undefined,
    groupIds: (nic ? given(nic.Groups) : top.ids).map(id => checkId('sg', id)),
    groupNames: nic ? [] : top.names,
    privateIpAddress,
    associatePublicIpAddress: nic?.AssociatePublicIpAddress,
  };
}

const given = (values: readonly string[] | undefined) => [
  ...new Set((values ?? []).filter(value => value !== '')),
];

const notBoth = (what: string) =>
  invalidParameterCombination(`Network interfaces and ${what} may not be specified on the same request`);

/** Finds the subnet, the groups and free private addresses. @throws Invalid…NotFound, InsufficientFreeAddressesInSubnet, … */
export async function findNetwork(
  records: RegionWriter,
  context: Context,
  request: NetworkRequest,
  { least, most }: { least: number; most: number },
): Promise<LaunchNetwork> {
  const subnet = await findSubnet(records, context, request);
  const securityGroups = await findGroups(records, subnet, request);
  const privateIpAddresses = await leaseAddresses(records, subnet, request.privateIpAddress, most);
  if (privateIpAddresses.length < least) throw subnetFull(subnet.subnetId);
  const hasPublicAddress = request.associatePublicIpAddress ?? mapsPublicIp(subnet);
  return { subnet, securityGroups, privateIpAddresses, hasPublicAddress };
}

async function findSubnet(records: RegionWriter, context: Context, request: NetworkRequest): Promise<Subnet> {
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
  { groupIds, groupNames }: Pick<NetworkRequest, 'groupIds' | 'groupNames'>,
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

async function leaseAddresses(
  records: RegionWriter,
  subnet: Subnet,
  wanted: string | undefined,
  most: number,
): Promise<string[]> {
  const neighbours = await records.instances.list({ vpcId: subnet.vpcId, state: liveStates });
  const inUse = new Set(neighbours.map(instance => instance.privateIpAddress));
  if (wanted !== undefined) return [checkAddress(subnet, wanted, inUse)];
  const leased: string[] = [];
  while (leased.length < most) {
    const address = nextPrivateAddress(subnet.cidrBlock, inUse);
    if (address === undefined) break;
    leased.push(address);
    inUse.add(address);
  }
  return leased;
}

function checkAddress(subnet: Subnet, wanted: string, inUse: ReadonlySet<string>): string {
  const block = cidrBlock(subnet.cidrBlock);
  const address = parseAddress(wanted)!;
  if (!contains(block, address)) throw addressOutsideSubnet(wanted);
  if (isReserved(block, address)) throw addressReserved(wanted);
  if (inUse.has(wanted)) throw addressInUse(wanted);
  return wanted;
}
