/** What a launch says of its network interfaces: each by itself, or one by parameters of the instance. */
import type { InstanceNetworkInterfaceSpecification, RunInstancesRequest } from '@aws-sdk/client-ec2';
import { type AddressRequest, parseAddressRequest } from '../../domain/address-request.ts';
import { invalidParameterCombination, invalidParameterValue } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import { checkInterfaceDescription } from '../../domain/network-interface.ts';
import {
  deviceIndexMissing,
  deviceIndexRepeated,
  existingInterfaceForSeveral,
  existingInterfaceWith,
  noPublicAddressForExisting,
  noPublicAddressForSeveral,
  primaryInterfaceMissing,
} from '../../domain/network-interface-errors.ts';
import { optionalId } from './request.ts';

export interface InterfaceRequest {
  deviceIndex: number;
  /** One that there is; of such a one nothing else is said. */
  networkInterfaceId?: string;
  subnetId?: string;
  groupIds: string[];
  groupNames: string[];
  addresses: AddressRequest;
  description?: string;
  deleteOnTermination: boolean;
}

export interface NetworkRequest {
  zone?: string;
  zoneId?: string;
  /** In order of device index, the primary one first. */
  interfaces: [InterfaceRequest, ...InterfaceRequest[]];
  associatePublicIpAddress?: boolean;
}

type Specification = InstanceNetworkInterfaceSpecification;

const highestDeviceIndex = 31;

/** @throws InvalidParameterCombination, InvalidParameterValue, Invalid…Malformed */
export function parseNetwork(input: RunInstancesRequest, most: number): NetworkRequest {
  const specified = input.NetworkInterfaces ?? [];
  const interfaces = specified.length > 0 ? severalInterfaces(input, specified, most) : [oneInterface(input)];
  if (most > 1 && interfaces.some(one => one.addresses.primary || one.addresses.secondary.length > 0))
    throw invalidParameterCombination('A private IP address cannot be specified for more than one instance');
  return {
    zone: input.Placement?.AvailabilityZone || undefined,
    zoneId: input.Placement?.AvailabilityZoneId || undefined,
    interfaces: interfaces as NetworkRequest['interfaces'],
    associatePublicIpAddress: publicAddressOption(specified),
  };
}

function oneInterface(input: RunInstancesRequest): InterfaceRequest {
  const groupNames = given(input.SecurityGroups);
  if (groupNames.length && input.SubnetId)
    throw invalidParameterCombination('The parameter groupName cannot be used with the parameter subnet');
  return {
    deviceIndex: 0,
    subnetId: optionalId('subnet', input.SubnetId),
    groupIds: given(input.SecurityGroupIds).map(id => checkId('sg', id)),
    groupNames,
    addresses: parseAddressRequest({ PrivateIpAddress: input.PrivateIpAddress }),
    deleteOnTermination: true,
  };
}

function severalInterfaces(
  input: RunInstancesRequest,
  specified: readonly Specification[],
  most: number,
): InterfaceRequest[] {
  if (given(input.SecurityGroupIds).length || given(input.SecurityGroups).length)
    throw notBoth('an instance-level security groups');
  if (input.SubnetId) throw notBoth('an instance-level subnet ID');
  if (input.PrivateIpAddress) throw notBoth('an instance-level private IP address');
  const interfaces = specified
    .map(one => ({ ...parseInterface(one, most), deviceIndex: deviceIndexOf(one, specified.length) }))
    .sort((a, b) => a.deviceIndex - b.deviceIndex);
  const repeated = interfaces.find((one, index) => interfaces[index + 1]?.deviceIndex === one.deviceIndex);
  if (repeated) throw deviceIndexRepeated(repeated.deviceIndex);
  if (interfaces[0]?.deviceIndex !== 0) throw primaryInterfaceMissing();
  return interfaces;
}

function parseInterface(one: Specification, most: number): Omit<InterfaceRequest, 'deviceIndex'> {
  const networkInterfaceId = optionalId('eni', one.NetworkInterfaceId);
  if (networkInterfaceId !== undefined) checkExisting(one, most);
  return {
    networkInterfaceId,
    subnetId: optionalId('subnet', one.SubnetId),
    groupIds: given(one.Groups).map(id => checkId('sg', id)),
    groupNames: [],
    addresses: parseAddressRequest(one),
    description: checkInterfaceDescription(one.Description),
    deleteOnTermination: one.DeleteOnTermination ?? networkInterfaceId === undefined,
  };
}

function checkExisting(one: Specification, most: number): void {
  if (most > 1) throw existingInterfaceForSeveral();
  const said = Object.entries({
    SubnetId: one.SubnetId,
    Groups: given(one.Groups).length,
    PrivateIpAddress: one.PrivateIpAddress,
    PrivateIpAddresses: one.PrivateIpAddresses?.length,
    SecondaryPrivateIpAddressCount: one.SecondaryPrivateIpAddressCount,
    Description: one.Description,
    DeleteOnTermination: one.DeleteOnTermination,
  }).find(([, value]) => value);
  if (said) throw existingInterfaceWith(said[0]);
}

/** One alone is the primary one, whether it says so or not. */
function deviceIndexOf({ DeviceIndex }: Specification, count: number): number {
  if (DeviceIndex === undefined && count > 1) throw deviceIndexMissing();
  return checkDeviceIndex(DeviceIndex ?? 0);
}

/** @throws InvalidParameterValue */
export function checkDeviceIndex(index: number): number {
  if (!Number.isInteger(index) || index < 0 || index > highestDeviceIndex)
    throw invalidParameterValue(
      `Value (${index}) for parameter deviceIndex is invalid. Expecting a number from 0 to ${highestDeviceIndex}.`,
    );
  return index;
}

/** Clients say "no" of every interface; only "yes" asks for something. */
function publicAddressOption(specified: readonly Specification[]): boolean | undefined {
  const asking = specified.find(one => one.AssociatePublicIpAddress);
  if (asking && specified.length > 1) throw noPublicAddressForSeveral();
  if (asking?.NetworkInterfaceId) throw noPublicAddressForExisting();
  return specified.find(one => !one.DeviceIndex)?.AssociatePublicIpAddress;
}

const given = (values: readonly string[] | undefined) => [
  ...new Set((values ?? []).filter(value => value !== '')),
];

const notBoth = (what: string) =>
  invalidParameterCombination(`Network interfaces and ${what} may not be specified on the same request`);
