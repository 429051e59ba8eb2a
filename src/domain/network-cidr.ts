/** The CIDR blocks a VPC and a subnet may have. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
import { cidrBlock, containsBlock, formatCidr, overlaps, parseCidr } from './addresses.ts';
import { ApiError, fail, invalidParameterValue } from './errors.ts';
import type { Subnet, Vpc } from './network.ts';

const largest = 16;
const smallest = 28;

/** Ranges no network may lie in: this network, loopback, link-local (here are the metadata), multicast and above. */
const reserved = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].map(cidrBlock);

/** AWS clears the bits beyond the prefix. @throws InvalidParameterValue, InvalidVpc.Range */
export function settleVpcCidr(text: string): string {
  const block = parseCidr(text) ?? fail(noCidrBlock(text, 'cidrBlock'));
  if (block.prefix < largest || block.prefix > smallest) throw vpcRange(text);
  if (reserved.some(range => overlaps(range, block))) throw vpcRange(text);
  return formatCidr(block);
}

/** @throws InvalidParameterValue, InvalidSubnet.Range, InvalidSubnet.Conflict */
export function settleSubnetCidr(text: string, vpc: Vpc, neighbours: readonly Subnet[]): string {
  const block = parseCidr(text) ?? fail(noCidrBlock(text, 'cidrBlock'));
  const isFitting = block.prefix >= largest && block.prefix <= smallest;
  if (!isFitting || !containsBlock(cidrBlock(vpc.cidrBlock), block)) throw subnetRange(text);
  if (neighbours.some(subnet => overlaps(cidrBlock(subnet.cidrBlock), block))) throw subnetConflict(text);
  return formatCidr(block);
}

/** The first block of this size in the VPC that overlaps no subnet; undefined when there is none. */
export function freeSubnetCidr(vpc: Vpc, neighbours: readonly Subnet[], prefix: number): string | undefined {
  const taken = neighbours.map(subnet => cidrBlock(subnet.cidrBlock));
  const { first, size: vpcSize } = cidrBlock(vpc.cidrBlock);
  const size = 2 ** (32 - prefix);
  for (let at = first; at < first + vpcSize; at += size) {
    const block = { first: at, size, prefix };
    if (!taken.some(other => overlaps(other, block))) return formatCidr(block);
  }
  return undefined;
}

export const noCidrBlock = (text: string, parameter: string) =>
  invalidParameterValue(
    `Value (${text}) for parameter ${parameter} is invalid. This is not a valid CIDR block.`,
  );
const vpcRange = (text: string) => new ApiError('InvalidVpc.Range', `The CIDR '${text}' is invalid.`);
const subnetRange = (text: string) => new ApiError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
const subnetConflict = (text: string) =>
  new ApiError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`);
