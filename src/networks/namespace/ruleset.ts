/**
 * The firewall of a VPC, as text for `nft -f`: security groups, what guests must never reach, and the way out. The text
 * replaces the whole table in one transaction, so that no packet ever meets half of it. See nft(8).
 *
 * A packet of a guest goes: prerouting (its source must be the guest's) → forward → outward (the forbidden ranges, if it
 * leaves the VPC) → leaves (egress rules) → arrives (the other guest's ingress rules). What is meant for the namespace
 * itself goes to input.
 */
import { cidrBlock, contains, parseAddress } from '../../domain/addresses.ts';
import type { Endpoint, TrafficRule, VpcPlan } from '../../domain/vpc-plan-types.ts';
import {
  gatewayAddress,
  linkLocalResolver,
  metadataAddress,
  outside,
  privateAddresses,
  resolverAddress,
  tapName,
} from './addresses.ts';
import { hopLimitJump, hopLimits } from './hop-limits.ts';
import type { VpcState } from './vpc-state.ts';

/** Where no guest may go through the host: private, shared, link-local, loopback and multicast addresses. */
const forbiddenRanges =
  '{ 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16, 224.0.0.0/3 }';

/** What even a router never sends from. */
const reservedSources = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'];

/**
 * Marks connections that came from slirp: only their answers may leave the VPC without a look at where they go. All else
 * that leaves is looked at packet by packet, since a guest that may send from any address can make a connection look
 * established by answering for the other side.
 */
const fromOutside = 1;

export function ruleset(state: VpcState): string {
  const { endpoints } = state.plan;
  return [
    'table inet amity',
    'delete table inet amity',
    'table inet amity {',
    ...indent([
      'set asking { typeof iifname; size 65535; flags dynamic,timeout; timeout 10s; }',
      ...chain('prerouting', 'type filter hook prerouting priority raw; policy accept;', sources(state.plan)),
      ...chain('input', 'type filter hook input priority filter; policy drop;', toNamespace(state)),
      ...chain('output', 'type filter hook output priority mangle; policy accept;', [hopLimitJump]),
      ...chain('hop-limits', '', hopLimits(endpoints)),
      ...chain('forward', 'type filter hook forward priority filter; policy drop;', [
        ...withoutInternet(endpoints),
        `iifname "${outside.interface}" ct state new ct mark set ${fromOutside}`,
        `oifname "${outside.interface}" ct mark != ${fromOutside} ct original ip saddr != ${outside.loopbackClient} jump outward`,
        'ct state established,related accept',
        'ct state invalid drop',
        ...jump('iifname', 'leaves', endpoints),
        `iifname "${outside.interface}" oifname "vm*" goto arrives`,
      ]),
      ...endpoints.flatMap(one => [
        ...chain(`leaves-${tapName(one.networkInterfaceId)}`, '', one.egress.map(leaving)),
        ...chain(`arrives-${tapName(one.networkInterfaceId)}`, '', one.ingress.flatMap(arriving)),
      ]),
      ...chain('arrives', '', [
        ...jump('oifname', 'arrives', endpoints),
        `oifname "${outside.interface}" accept`,
      ]),
      ...chain('outward', '', [
        // An answer to what came from elsewhere in the VPC, under an address that is not of the VPC.
        'ct direction reply drop',
        ...(state.hostAddresses.length ? [`ip daddr ${set(state.hostAddresses)} drop`] : []),
        ...state.allowedRanges.map(range => `ip daddr ${range} return`),
        `ip daddr ${forbiddenRanges} drop`,
        `ip daddr ${state.plan.cidrBlock} drop`,
      ]),
      ...chain('postrouting', 'type nat hook postrouting priority srcnat; policy accept;', [
        `oifname "${outside.interface}" masquerade`,
      ]),
    ]),
    '}',
    '',
  ].join('\n');
}

/**
 * A guest sends from its own addresses only; a guest without one yet may ask for it (DHCP). A router sends from others
 * too, but to guests and beyond alone, and not as what the namespace itself serves: nobody can answer in its place.
 */
function sources(plan: VpcPlan): string[] {
  const link = (one: Endpoint) => `"${tapName(one.networkInterfaceId)}" . ${one.macAddress}`;
  const own = plan.endpoints.flatMap(one =>
    privateAddresses(one).map(address => `${link(one)} . ${address}`),
  );
  const routers = plan.endpoints.filter(one => one.sourceDestCheck === false).map(link);
  const reserved = [...reservedSources, resolverAddress(plan.cidrBlock), ...gateways(plan)];
  const served = [
    '127.0.0.0/8',
    '169.254.0.0/16',
    '224.0.0.0/3',
    resolverAddress(plan.cidrBlock),
    ...gateways(plan),
  ];
  return [
    ...(own.length ? [`iifname . ether saddr . ip saddr ${set(own)} accept`] : []),
    ...(plan.endpoints.length
      ? [
          `iifname . ether saddr ${set(plan.endpoints.map(link))} ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept`,
        ]
      : []),
    ...(routers.length
      ? [
          `iifname . ether saddr ${set(routers)} ip saddr != ${set(reserved)} ip daddr != ${set(served)} accept`,
        ]
      : []),
    'iifname "vm*" drop',
  ];
}

/** Before all else, so that what is open breaks off too when the way out is closed. */
function withoutInternet(endpoints: readonly Endpoint[]): string[] {
  const taps = endpoints
    .filter(one => one.hasInternet === false)
    .map(one => `"${tapName(one.networkInterfaceId)}"`);
  if (!taps.length) return [];
  return [
    `iifname ${set(taps)} oifname "${outside.interface}" drop`,
    `iifname "${outside.interface}" oifname ${set(taps)} drop`,
  ];
}

/** The routers of the subnets that have guests. */
function gateways({ endpoints }: VpcPlan): string[] {
  return [...new Set(endpoints.map(one => gatewayAddress(one.subnetCidrBlock)))].sort();
}

/**
 * Guests reach of the namespace only DHCP, the metadata, the resolver (over UDP: where dnsmasq cannot fork, one idle TCP
 * client would stop it for everyone) and, with ping, their router. Each may ask only so often.
 */
function toNamespace({ plan }: VpcState): string[] {
  const resolvers = [linkLocalResolver, resolverAddress(plan.cidrBlock)];
  return [
    'ct state established,related accept',
    'iifname "lo" accept',
    'iifname != "vm*" drop',
    'update @asking { iifname limit rate over 200/second burst 400 packets } drop',
    'udp sport 68 udp dport 67 accept',
    `ip daddr ${metadataAddress} tcp dport 80 accept`,
    `ip daddr ${set(resolvers)} udp dport 53 accept`,
    `ip daddr ${set([...gateways(plan), ...resolvers])} icmp type echo-request accept`,
  ];
}

function leaving(rule: TrafficRule): string {
  return join(rule.cidr === '0.0.0.0/0' ? '' : `ip daddr ${rule.cidr}`, traffic(rule), 'goto arrives');
}

/** Clients on the host come through slirp with its address; in a rule they are 127.0.0.1. */
function arriving(rule: TrafficRule): string[] {
  if (rule.cidr === '0.0.0.0/0') return [join(traffic(rule), 'accept')];
  const sources = admitsLoopback(rule) ? [rule.cidr, outside.loopbackClient] : [rule.cidr];
  return sources.map(source => join(`ip saddr ${source}`, traffic(rule), 'accept'));
}

/** Whether the rule is for clients on the host too. */
export function admitsLoopback(rule: TrafficRule): boolean {
  return contains(cidrBlock(rule.cidr), parseAddress('127.0.0.1')!);
}

/** For ICMP, AWS writes the type and code as the ports; -1 is any. */
function traffic({ protocol, fromPort, toPort }: TrafficRule): string {
  switch (protocol) {
    case 'all':
      return '';
    case 'icmp':
      if (fromPort < 0) return 'ip protocol icmp';
      return join(`icmp type ${fromPort % 256}`, toPort < 0 ? '' : `icmp code ${toPort % 256}`);
    case 'tcp':
    case 'udp':
      return `${protocol} dport ${Math.max(0, fromPort)}-${toPort < 0 ? 65_535 : Math.max(fromPort, toPort)}`;
  }
}

function jump(key: 'iifname' | 'oifname', direction: string, endpoints: readonly Endpoint[]): string[] {
  const verdicts = endpoints.map(({ networkInterfaceId }) => {
    const tap = tapName(networkInterfaceId);
    return `"${tap}" : goto ${direction}-${tap}`;
  });
  return verdicts.length ? [`${key} vmap ${set(verdicts)}`] : [];
}

function chain(name: string, hook: string, rules: readonly string[]): string[] {
  return [`chain ${name} {`, ...indent(hook ? [hook, ...rules] : rules), '}'];
}

const set = (elements: readonly string[]) => `{ ${elements.join(', ')} }`;
const join = (...parts: string[]) => parts.filter(Boolean).join(' ');
const indent = (lines: readonly string[]) => lines.map(line => `  ${line}`);
