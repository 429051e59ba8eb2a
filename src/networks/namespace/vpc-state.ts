/**
 * What a holder is told: a VPC's plan and what it must know of the host. It ends up in the text of a firewall and on
 * command lines, so it is checked here, field by field, before anything is made of it.
 */
import { cidrBlock, contains, formatCidr, parseAddress, parseCidr } from '../../domain/addresses.ts';
import type {
  Endpoint,
  IdentitySignatures,
  MetadataTree,
  TrafficRule,
  VpcPlan,
} from '../../domain/vpc-plan-types.ts';
import { privateAddresses, tapName } from './addresses.ts';

export interface VpcState {
  plan: VpcPlan;
  /** The host's own IPv4 addresses: guests must not reach them. */
  hostAddresses: string[];
  /** CIDR blocks in private ranges that guests may reach all the same. */
  allowedRanges: string[];
}

/** @throws an Error that names the first field which is wrong */
export function parseVpcState(value: unknown): VpcState {
  const state = object(value, 'state');
  const plan = parsePlan(object(state.plan, 'plan'));
  return {
    plan,
    hostAddresses: list(state.hostAddresses, 'hostAddresses').map(one => address(one, 'hostAddresses')),
    allowedRanges: list(state.allowedRanges, 'allowedRanges').map(one => cidr(one, 'allowedRanges')),
  };
}

function parsePlan(value: Record<string, unknown>): VpcPlan {
  const cidrBlockText = cidr(value.cidrBlock, 'cidrBlock');
  const endpoints = list(value.endpoints, 'endpoints').map(one => parseEndpoint(object(one, 'endpoint')));
  const distinct = (part: (endpoint: Endpoint) => string) =>
    new Set(endpoints.map(part)).size === endpoints.length;
  if (!distinct(one => tapName(one.networkInterfaceId)))
    throw new Error('two endpoints of the plan share a tap');
  const addresses = endpoints.flatMap(privateAddresses);
  if (new Set(addresses).size !== addresses.length)
    throw new Error('two endpoints of the plan share an address');
  for (const one of addresses)
    if (!contains(cidrBlock(cidrBlockText), parseAddress(one)!))
      throw new Error(`${one} is outside the VPC ${cidrBlockText}`);
  return {
    vpcId: matching(value.vpcId, /^vpc-[0-9a-f]{8,17}$/, 'vpcId'),
    cidrBlock: cidrBlockText,
    ...(value.enableDnsSupport === false && { enableDnsSupport: false }),
    ...(value.enableDnsHostnames === false && { enableDnsHostnames: false }),
    endpoints,
  };
}

function parseEndpoint(value: Record<string, unknown>): Endpoint {
  const metadata = object(value.metadata, 'metadata');
  const options = object(metadata.options, 'metadata.options');
  const hopLimit = integer(options.httpPutResponseHopLimit, 1, 64, 'httpPutResponseHopLimit');
  return {
    networkInterfaceId: interfaceId(value),
    instanceId: matching(value.instanceId, /^i-[0-9a-f]{8,17}$/, 'instanceId'),
    deviceIndex: integer(value.deviceIndex, 0, 31, 'deviceIndex'),
    macAddress: matching(value.macAddress, /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/, 'macAddress'),
    privateIpAddress: address(value.privateIpAddress, 'privateIpAddress'),
    subnetCidrBlock: cidr(value.subnetCidrBlock, 'subnetCidrBlock'),
    ...publicAddress(value),
    ...(value.secondaryAddresses !== undefined && {
      secondaryAddresses: list(value.secondaryAddresses, 'secondaryAddresses').map(parseSecondary),
    }),
    ...(value.sourceDestCheck !== undefined && {
      sourceDestCheck: flag(value.sourceDestCheck, 'sourceDestCheck'),
    }),
    ...(value.hasInternet !== undefined && { hasInternet: flag(value.hasInternet, 'hasInternet') }),
    ...(value.routes !== undefined && { routes: list(value.routes, 'routes').map(parseRoute) }),
    ingress: list(value.ingress, 'ingress').map(parseRule),
    egress: list(value.egress, 'egress').map(parseRule),
    metadata: {
      options: {
        httpTokens: options.httpTokens === 'required' ? 'required' : 'optional',
        httpPutResponseHopLimit: hopLimit,
        httpEndpoint: options.httpEndpoint === 'disabled' ? 'disabled' : 'enabled',
        instanceMetadataTags: options.instanceMetadataTags === 'enabled' ? 'enabled' : 'disabled',
      },
      tree: tree(metadata.tree),
      ...(metadata.keyName !== undefined && { keyName: text(metadata.keyName, 'keyName') }),
      identityDocument: text(metadata.identityDocument, 'identityDocument'),
      ...(metadata.identitySignatures !== undefined && {
        identitySignatures: parseSignatures(object(metadata.identitySignatures, 'identitySignatures')),
      }),
      ...(metadata.userData !== undefined && { userData: text(metadata.userData, 'userData') }),
    },
  };
}

function parseSecondary(value: unknown): NonNullable<Endpoint['secondaryAddresses']>[number] {
  const secondary = object(value, 'secondaryAddresses');
  const privateIpAddress = address(secondary.privateIpAddress, 'secondaryAddresses');
  return { privateIpAddress, ...publicAddress(secondary) };
}

function parseRoute(value: unknown): NonNullable<Endpoint['routes']>[number] {
  const route = object(value, 'routes');
  return { cidr: cidr(route.cidr, 'routes'), networkInterfaceId: interfaceId(route) };
}

function interfaceId({ networkInterfaceId }: Record<string, unknown>): string {
  return matching(networkInterfaceId, /^eni-[0-9a-f]{8,17}$/, 'networkInterfaceId');
}

function publicAddress({ publicIpAddress }: Record<string, unknown>): { publicIpAddress?: string } {
  return publicIpAddress === undefined
    ? {}
    : { publicIpAddress: address(publicIpAddress, 'publicIpAddress') };
}

function parseSignatures(value: Record<string, unknown>): IdentitySignatures {
  return {
    signature: text(value.signature, 'signature'),
    rsa2048: text(value.rsa2048, 'rsa2048'),
    pkcs7: text(value.pkcs7, 'pkcs7'),
  };
}

const protocols: readonly TrafficRule['protocol'][] = ['tcp', 'udp', 'icmp', 'all'];

function parseRule(value: unknown): TrafficRule {
  const rule = object(value, 'rule');
  const protocol = protocols.find(one => one === rule.protocol);
  if (!protocol) throw new Error(`a rule's protocol is ${String(rule.protocol)}`);
  return {
    protocol,
    fromPort: integer(rule.fromPort, -1, 65_535, 'fromPort'),
    toPort: integer(rule.toPort, -1, 65_535, 'toPort'),
    cidr: cidr(rule.cidr, 'cidr'),
  };
}

function tree(value: unknown, depth = 0): MetadataTree {
  if (depth > 16) throw new Error('the metadata tree is too deep');
  return Object.fromEntries(
    Object.entries(object(value, 'metadata.tree')).map(([name, node]) => [
      name,
      typeof node === 'string' ? node : tree(node, depth + 1),
    ]),
  );
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(name, value);
  return value as Record<string, unknown>;
}

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value) || value.length > 20_000) throw malformed(name, value);
  return value;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw malformed(name, value);
  return value;
}

function matching(value: unknown, pattern: RegExp, name: string): string {
  if (!pattern.test(text(value, name))) throw malformed(name, value);
  return value as string;
}

function integer(value: unknown, least: number, most: number, name: string): number {
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) throw malformed(name, value);
  return Number(value);
}

function flag(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw malformed(name, value);
  return value;
}

function address(value: unknown, name: string): string {
  if (parseAddress(text(value, name)) === undefined) throw malformed(name, value);
  return value as string;
}

/** A CIDR block in the one spelling that has no bits beyond its prefix. */
function cidr(value: unknown, name: string): string {
  const block = parseCidr(text(value, name));
  if (!block) throw malformed(name, value);
  return formatCidr(block);
}

function malformed(name: string, value: unknown): Error {
  return new Error(`the VPC's ${name} is malformed: ${JSON.stringify(value)?.slice(0, 80)}`);
}
