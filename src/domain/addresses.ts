import { fail, invalidParameterValue } from './errors.ts';

/** An IPv4 CIDR block as numbers: its first address and how many it holds. */
export interface CidrBlock {
  first: number;
  size: number;
  prefix: number;
}

/** Parses `172.31.0.0/20`. Undefined when it is none; bits beyond the prefix are cleared, as AWS does. */
export function parseCidr(text: string): CidrBlock | undefined {
  const [, address, bits] = /^([\d.]{7,15})\/(\d{1,2})$/.exec(text) ?? [];
  const number = address === undefined ? undefined : parseAddress(address);
  const prefix = Number(bits);
  if (number === undefined || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  return { first: number - (number % size), size, prefix };
}

/** The CIDR block of a record: one that was checked when it was written. */
export function cidrBlock(text: string): CidrBlock {
  return parseCidr(text) ?? fail(invalidParameterValue(`CIDR block ${text} is malformed`));
}

export function formatCidr(block: CidrBlock): string {
  return `${formatAddress(block.first)}/${block.prefix}`;
}

/** `10.0.0.1` as a number; undefined for anything but four decimal octets without leading zeroes. */
export function parseAddress(text: string): number | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every(octet => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256))
    return undefined;
  return octets.reduce((number, octet) => number * 256 + Number(octet), 0);
}

export function formatAddress(number: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(number / 2 ** shift) % 256).join('.');
}

export function contains(block: CidrBlock, address: number): boolean {
  return address >= block.first && address < block.first + block.size;
}

export function containsBlock(outer: CidrBlock, inner: CidrBlock): boolean {
  return inner.prefix >= outer.prefix && contains(outer, inner.first);
}

/** CIDR blocks overlap only where one contains the other. */
export function overlaps(one: CidrBlock, other: CidrBlock): boolean {
  return containsBlock(one, other) || containsBlock(other, one);
}

/** AWS keeps the first four addresses of a subnet and the last one for itself. */
export function isReserved(block: CidrBlock, address: number): boolean {
  return address < block.first + 4 || address === block.first + block.size - 1;
}

export function usableAddresses(block: CidrBlock): number {
  return Math.max(0, block.size - 5);
}

/** The lowest address of a subnet that is neither reserved nor in use; undefined when it is full. */
export function nextPrivateAddress(cidr: string, inUse: ReadonlySet<string>): string | undefined {
  return nextFree(cidrBlock(cidr), inUse, 0);
}

/**
 * A free public address. Which one depends on `seed`, so that a stopped and started instance gets another and an
 * address is seldom used by the next guest, whose host key an SSH client would take for an attack.
 */
export function nextPublicAddress(
  cidr: string,
  inUse: ReadonlySet<string>,
  seed: string,
): string | undefined {
  const block = cidrBlock(cidr);
  return nextFree(block, inUse, usableAddresses(block) > 0 ? hash(seed) % usableAddresses(block) : 0);
}

function nextFree(block: CidrBlock, inUse: ReadonlySet<string>, start: number): string | undefined {
  const usable = usableAddresses(block);
  for (let i = 0; i < usable; i++) {
    const address = formatAddress(block.first + 4 + ((start + i) % usable));
    if (!inUse.has(address)) return address;
  }
  return undefined;
}

/** FNV-1a, 32 bits: spreads, and hides nothing. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ char.codePointAt(0)!, 0x01000193) >>> 0;
  return value;
}

/** A locally administered MAC, the same for the whole life of its network interface. */
export function macAddress(networkInterfaceId: string): string {
  const hex = networkInterfaceId.slice(networkInterfaceId.indexOf('-') + 1).padStart(10, '0');
  return `02:${hex.slice(-10).match(/../g)!.join(':')}`;
}

/** `ip-172-31-16-5.ec2.internal`, in regions other than us-east-1 `….<region>.compute.internal`. */
export function privateDnsName(region: string, privateIpAddress: string): string {
  const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${privateIpAddress.replaceAll('.', '-')}.${domain}`;
}
