/** Rules of security groups: how a request states them, when two are the same, and what is refused. */
import { formatCidr, parseCidr } from './addresses.ts';
import { ApiError, invalidParameterValue, missingParameter, unsupportedOperation } from './errors.ts';
import type { SecurityGroupRule } from './network.ts';

/** A rule without its identity. */
export type RuleSpec = Omit<SecurityGroupRule, 'securityGroupRuleId' | 'isEgress'>;

/** Where a rule's traffic comes from or goes to. */
export type RulePeer = Pick<RuleSpec, 'cidrIpv4' | 'cidrIpv6' | 'referencedGroupId' | 'description'>;

export const mostRules = 60;

const protocolNames: Readonly<Record<string, string>> = {
  tcp: 'tcp',
  '6': 'tcp',
  udp: 'udp',
  '17': 'udp',
  icmp: 'icmp',
  '1': 'icmp',
  icmpv6: 'icmpv6',
  '58': 'icmpv6',
  '-1': '-1',
  all: '-1',
};

/**
 * Settles protocol and ports: names for numbers, ports checked, -1 for "any".
 * @throws InvalidParameterValue, MissingParameter, UnsupportedOperation for protocols no guest here can be sent.
 */
export function settleTraffic(
  ipProtocol: string | undefined,
  fromPort: number | undefined,
  toPort: number | undefined,
): Pick<RuleSpec, 'ipProtocol' | 'fromPort' | 'toPort'> {
  if (!ipProtocol) throw missingParameter('IpProtocol');
  const protocol = protocolNames[ipProtocol.toLowerCase()];
  if (protocol === undefined) {
    if (/^\d+$/.test(ipProtocol) && Number(ipProtocol) < 256)
      throw unsupportedOperation(
        `The IP protocol '${ipProtocol}' is not supported. Use tcp, udp, icmp or -1.`,
      );
    throw invalidParameterValue(`Invalid value '${ipProtocol}' for IP protocol. Unknown protocol.`);
  }
  if (protocol === '-1') return { ipProtocol: '-1', fromPort: -1, toPort: -1 };
  if (protocol === 'icmp' || protocol === 'icmpv6')
    return { ipProtocol: protocol, fromPort: icmpNumber(fromPort), toPort: icmpNumber(toPort) };
  if (fromPort === undefined || toPort === undefined)
    throw invalidParameterValue(
      "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
    );
  const isPort = (port: number) => Number.isInteger(port) && port >= 0 && port <= 65535;
  if (!isPort(fromPort) || !isPort(toPort) || fromPort > toPort)
    throw invalidParameterValue(`Invalid TCP/UDP port range (${fromPort}:${toPort})`);
  return { ipProtocol: protocol, fromPort, toPort };
}

function icmpNumber(value = -1): number {
  if (!Number.isInteger(value) || value < -1 || value > 255)
    throw invalidParameterValue(`ICMP code (${value}) out of range`);
  return value;
}

/** AWS clears the bits beyond the prefix. @throws InvalidParameterValue */
export function settleCidr(cidr: string): string {
  const block = parseCidr(cidr);
  if (!block) throw invalidParameterValue(`CIDR block ${cidr} is malformed`);
  return formatCidr(block);
}

/** An IPv6 rule is kept for its owner to see; no guest here has an IPv6 address. */
export function settleCidrIpv6(cidr: string): string {
  if (!/^[0-9a-fA-F:.]{2,45}\/(\d{1,2}|1[01]\d|12[0-8])$/.test(cidr) || !cidr.includes(':'))
    throw invalidParameterValue(`CIDR block ${cidr} is malformed`);
  return cidr.toLowerCase();
}

/** @throws InvalidParameterValue for characters or a length AWS refuses. */
export function settleRuleDescription(description: string | undefined): string | undefined {
  if (!description) return undefined;
  if (description.length > 255 || !/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/.test(description))
    throw invalidParameterValue(
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    );
  return description;
}

/** Two rules that allow the same traffic to the same peer are the same rule, whatever their descriptions say. */
export function ruleKey(rule: RuleSpec): string {
  return [rule.ipProtocol, rule.fromPort, rule.toPort, peerOf(rule)].join('|');
}

export const duplicateRule = (rule: RuleSpec) =>
  new ApiError('InvalidPermission.Duplicate', `the specified rule "${describe(rule)}" already exists`);
export const repeatedRule = () => invalidParameterValue('The same permission must not appear multiple times');
export const ruleNotFound = () =>
  new ApiError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
export const ruleIdNotFound = (ruleId: string) =>
  new ApiError(
    'InvalidSecurityGroupRuleId.NotFound',
    `The security group rule ID '${ruleId}' does not exist`,
  );
export const tooManyRules = () =>
  new ApiError(
    'RulesPerSecurityGroupLimitExceeded',
    'The maximum number of rules per security group has been reached.',
  );

/** `peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW` */
function describe(rule: RuleSpec): string {
  if (rule.ipProtocol === '-1') return `peer: ${peerOf(rule)}, ALL, ALLOW`;
  const [from, to] = rule.ipProtocol.startsWith('icmp') ? ['type', 'code'] : ['from port', 'to port'];
  return `peer: ${peerOf(rule)}, ${rule.ipProtocol.toUpperCase()}, ${from}: ${rule.fromPort}, ${to}: ${rule.toPort}, ALLOW`;
}

function peerOf(rule: RuleSpec): string {
  return rule.cidrIpv4 ?? rule.cidrIpv6 ?? rule.referencedGroupId ?? '';
}
