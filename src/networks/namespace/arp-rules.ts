import type { VpcPlan } from '../../domain/vpc-plan-types.ts';
import { privateAddresses, tapName } from './addresses.ts';

/**
 * What guests may say in ARP, as text for `nft -f`: who has their own addresses, at their own MAC address. All namespaces
 * share the kernel's table of neighbours, the host too: a guest that could claim a thousand addresses would fill it.
 */
export function arpRules({ endpoints }: VpcPlan): string {
  const links = endpoints.map(one => `"${tapName(one.networkInterfaceId)}" . ${one.macAddress}`);
  const own = endpoints.flatMap((one, index) =>
    privateAddresses(one).map(address => `${links[index]} . ${address}`),
  );
  const allowed = [
    `iifname . arp saddr ether . arp saddr ip { ${own.join(', ')} } accept`,
    // Whether somebody has an address (RFC 5227) is asked from none.
    `iifname . arp saddr ether { ${links.join(', ')} } arp saddr ip 0.0.0.0 accept`,
  ];
  return [
    'table arp amity',
    'delete table arp amity',
    'table arp amity {',
    '  chain input {',
    '    type filter hook input priority filter; policy drop;',
    '    iifname != "vm*" accept',
    ...(endpoints.length ? allowed.map(line => `    ${line}`) : []),
    '  }',
    '}',
    '',
  ].join('\n');
}
