import type { VpcPlan } from '../../domain/vpc-plan-types.ts';
import { privateAddresses, tapName } from './addresses.ts';

/**
 * What guests say in ARP, as text for `nft -f`. All namespaces share the kernel's table of neighbours, the host too, and who
 * asks is noted there: a guest that asked under a thousand addresses would fill it. So what it asks under another address
 * than its own, as a router's kernel does, and one's with several interfaces, counts as asked under its own.
 */
export function arpRules({ endpoints }: VpcPlan): string {
  const taps = endpoints.map(one => ({ one, tap: `"${tapName(one.networkInterfaceId)}"` }));
  const macs = taps.map(({ one, tap }) => `${tap} . ${one.macAddress}`);
  const own = taps.flatMap(({ one, tap }) => privateAddresses(one).map(address => `${tap} . ${address}`));
  const first = taps.map(({ one, tap }) => `${tap} : ${one.privateIpAddress}`);
  const rules = [
    `iifname . arp saddr ether != { ${macs.join(', ')} } drop`,
    `iifname . arp saddr ip { ${own.join(', ')} } accept`,
    // Whether somebody has an address (RFC 5227) is asked under none.
    'arp saddr ip 0.0.0.0 accept',
    `arp operation request arp saddr ip set iifname map { ${first.join(', ')} } accept`,
  ];
  return [
    'table arp amity',
    'delete table arp amity',
    'table arp amity {',
    '  chain input {',
    '    type filter hook input priority filter; policy drop;',
    '    iifname != "vm*" accept',
    ...(endpoints.length ? rules.map(line => `    ${line}`) : []),
    '  }',
    '}',
    '',
  ].join('\n');
}
