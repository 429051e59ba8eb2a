/** Parameters of RunInstances that ask for what is not served: refused by name, never ignored. */
import type { InstanceNetworkInterfaceSpecification, RunInstancesRequest } from '@aws-sdk/client-ec2';
import { unsupportedOperation } from '../../domain/errors.ts';

/**
 * Clients send many parameters that ask for nothing: empty strings, false, 0, empty structures, AWS's defaults.
 * Only one that means something is refused.
 * @throws UnsupportedOperation naming the parameter
 */
export function refuseUnserved(input: RunInstancesRequest): void {
  refuseGiven(unserved(input));
}

/** @throws UnsupportedOperation naming the first parameter that means something */
export function refuseGiven(parameters: readonly [name: string, value: unknown][]): void {
  for (const [name, value] of parameters)
    if (means(value)) throw unsupportedOperation(`The parameter ${name} is not supported.`);
}

function unserved(input: RunInstancesRequest): [name: string, value: unknown][] {
  const { Placement: placement, CapacityReservationSpecification: reservation } = input;
  return [
    ['InstanceMarketOptions', input.InstanceMarketOptions],
    ['IamInstanceProfile', input.IamInstanceProfile],
    ['KernelId', input.KernelId],
    ['RamdiskId', input.RamdiskId],
    ['Monitoring.Enabled', input.Monitoring?.Enabled],
    ['ElasticGpuSpecification', input.ElasticGpuSpecification],
    ['ElasticInferenceAccelerator', input.ElasticInferenceAccelerators],
    ['CapacityReservationSpecification', reservation?.CapacityReservationTarget],
    [
      'CapacityReservationSpecification.CapacityReservationPreference',
      // "open" takes a reservation if there is one: there is none.
      unless(reservation?.CapacityReservationPreference, 'open', 'none'),
    ],
    ['LicenseSpecification', input.LicenseSpecifications],
    ['EnclaveOptions.Enabled', input.EnclaveOptions?.Enabled],
    ['PrivateDnsNameOptions.HostnameType', unless(input.PrivateDnsNameOptions?.HostnameType, 'ip-name')],
    ['Ipv6AddressCount', input.Ipv6AddressCount],
    ['Ipv6Address', input.Ipv6Addresses],
    ['EnablePrimaryIpv6', input.EnablePrimaryIpv6],
    [
      'NetworkPerformanceOptions.BandwidthWeighting',
      unless(input.NetworkPerformanceOptions?.BandwidthWeighting, 'default'),
    ],
    ['Operator', input.Operator],
    ['SecondaryInterface', input.SecondaryInterfaces],
    ['Placement.Tenancy', unless(placement?.Tenancy, 'default')],
    ['Placement.Affinity', placement?.Affinity],
    ['Placement.GroupName', placement?.GroupName],
    ['Placement.GroupId', placement?.GroupId],
    ['Placement.HostId', placement?.HostId],
    ['Placement.HostResourceGroupArn', placement?.HostResourceGroupArn],
    ['Placement.PartitionNumber', placement?.PartitionNumber],
    ['Placement.SpreadDomain', placement?.SpreadDomain],
    ...(input.NetworkInterfaces ?? []).flatMap(unservedOfInterface),
  ];
}

function unservedOfInterface(nic: InstanceNetworkInterfaceSpecification): [name: string, value: unknown][] {
  return [
    ['NetworkInterface.NetworkCardIndex', nic.NetworkCardIndex],
    ['NetworkInterface.InterfaceType', unless(nic.InterfaceType, 'interface')],
    ['NetworkInterface.Ipv4Prefix', nic.Ipv4Prefixes ?? nic.Ipv4PrefixCount],
    ['NetworkInterface.Ipv6Addresses', nic.Ipv6Addresses],
    ['NetworkInterface.Ipv6AddressCount', nic.Ipv6AddressCount],
    ['NetworkInterface.Ipv6Prefix', nic.Ipv6Prefixes ?? nic.Ipv6PrefixCount],
    ['NetworkInterface.PrimaryIpv6', nic.PrimaryIpv6],
    ['NetworkInterface.AssociateCarrierIpAddress', nic.AssociateCarrierIpAddress],
    ['NetworkInterface.EnaSrdSpecification', nic.EnaSrdSpecification],
    ['NetworkInterface.EnaQueueCount', nic.EnaQueueCount],
    ['NetworkInterface.ConnectionTrackingSpecification', nic.ConnectionTrackingSpecification],
  ];
}

/** Nothing, where the value is one that asks for nothing. */
export function unless(value: string | undefined, ...harmless: string[]): string | undefined {
  return value !== undefined && harmless.includes(value) ? undefined : value;
}

/** Whether a value says anything, at any depth. */
export function means(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  return Object.values(value).some(means);
}
