/** The private addresses a request wants for a network interface, as several actions let it say. */
import { parseAddress } from './addresses.ts';
import { invalidParameterCombination, invalidParameterValue } from './errors.ts';

/** At most so many addresses on one interface, whatever instance it is attached to: what AWS's largest types take. */
export const mostAddresses = 50;

export interface AddressRequest {
  /** Absent: any free one. */
  primary?: string;
  /** Besides the primary one. */
  secondary: string[];
  /** How many more, whichever are free. */
  secondaryCount: number;
}

interface Requested {
  PrivateIpAddress?: string;
  PrivateIpAddresses?: { PrivateIpAddress?: string; Primary?: boolean }[];
  SecondaryPrivateIpAddressCount?: number;
}

/** @throws InvalidParameterValue, InvalidParameterCombination */
export function parseAddressRequest(requested: Requested): AddressRequest {
  const listed = (requested.PrivateIpAddresses ?? []).filter(address => address.PrivateIpAddress);
  const primaries = new Set([
    ...(requested.PrivateIpAddress ? [requested.PrivateIpAddress] : []),
    ...listed.filter(address => address.Primary).map(address => address.PrivateIpAddress!),
  ]);
  if (primaries.size > 1)
    throw invalidParameterCombination('Only one primary private IP address can be specified.');
  const [primary] = [...primaries];
  const secondary = listed
    .map(address => address.PrivateIpAddress!)
    .filter(address => !primaries.has(address));
  const secondaryCount = parseCount(requested.SecondaryPrivateIpAddressCount);
  if (secondary.length > 0 && secondaryCount > 0)
    throw invalidParameterCombination(
      'The parameters PrivateIpAddresses and SecondaryPrivateIpAddressCount may not both be specified.',
    );
  return {
    ...(primary !== undefined && { primary: checkAddress(primary) }),
    secondary: checkAddresses(secondary),
    secondaryCount,
  };
}

/** @throws InvalidParameterValue for what is no address, or is there twice */
export function checkAddresses(addresses: readonly string[]): string[] {
  const repeated = addresses.find((address, index) => addresses.indexOf(address) !== index);
  if (repeated !== undefined)
    throw invalidParameterValue(`Value (${repeated}) for parameter privateIpAddress is repeated.`);
  return addresses.map(checkAddress);
}

export function checkAddress(address: string): string {
  if (parseAddress(address) === undefined)
    throw invalidParameterValue(`Value (${address}) for parameter privateIpAddress is invalid.`);
  return address;
}

/** @throws InvalidParameterValue for a negative or fractional number */
export function parseCount(count = 0): number {
  if (!Number.isInteger(count) || count < 0)
    throw invalidParameterValue(
      `Value (${count}) for parameter secondaryPrivateIpAddressCount is invalid. It must not be negative.`,
    );
  return count;
}

export function countOf({ secondary, secondaryCount }: AddressRequest): number {
  return 1 + secondary.length + secondaryCount;
}
