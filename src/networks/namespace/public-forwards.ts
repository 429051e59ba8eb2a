/** Which ports of the public loopback addresses lead into a VPC: those its ingress rules open for clients on the host. */
import { parseAddress } from '../../domain/addresses.ts';
import type { Endpoint, TrafficRule, VpcPlan } from '../../domain/vpc-plan-types.ts';
import type { PublicPort } from '../network.ts';
import { admitsLoopback } from './ruleset.ts';

export interface Forward {
  protocol: 'tcp' | 'udp';
  hostAddress: string;
  hostPort: number;
  guestAddress: string;
  guestPort: number;
}

/** What a rule that opens more ports than these forwards: SSH, mail, web, databases, RDP, WinRM and the usual others. */
export const usualPorts: readonly number[] = [
  22, 25, 53, 80, 443, 1433, 2222, 2376, 3000, 3306, 3389, 5000, 5432, 5985, 5986, 6379, 6443, 8000, 8080,
  8443, 8888, 9000, 9090, 9200, 27017,
];

/** The forwards of a plan; a host port is given once, to the lowest guest port that asks for it. */
export function publicForwards(plan: VpcPlan, publicPort: PublicPort, ports = usualPorts): Forward[] {
  const taken = new Set<string>();
  return plan.endpoints.flatMap(endpoint => {
    const addresses = publicAddresses(endpoint);
    const open = addresses.length ? openPorts(endpoint, ports) : [];
    return addresses.flatMap(({ hostAddress, guestAddress }) =>
      open.flatMap(({ protocol, port }) => {
        const forward = { protocol, hostAddress, hostPort: publicPort(port), guestAddress, guestPort: port };
        const key = `${protocol} ${hostAddress} ${forward.hostPort}`;
        if (taken.has(key)) return [];
        taken.add(key);
        return [forward];
      }),
    );
  });
}

/** Without a way to the internet there is none from it either. */
function publicAddresses(endpoint: Endpoint): Array<Pick<Forward, 'hostAddress' | 'guestAddress'>> {
  if (endpoint.hasInternet === false) return [];
  return [endpoint, ...(endpoint.secondaryAddresses ?? [])].flatMap(
    ({ publicIpAddress: hostAddress, privateIpAddress: guestAddress }) =>
      hostAddress !== undefined && isLoopback(hostAddress) ? [{ hostAddress, guestAddress }] : [],
  );
}

function openPorts(endpoint: Endpoint, ports: readonly number[]) {
  const open = endpoint.ingress
    .filter(admitsLoopback)
    .flatMap(rule =>
      transports(rule).flatMap(protocol => portsOf(rule, protocol, ports).map(port => ({ protocol, port }))),
    );
  const distinct = new Map(open.map(one => [`${one.protocol} ${one.port}`, one]));
  return [...distinct.values()].sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1));
}

function transports({ protocol }: TrafficRule): Forward['protocol'][] {
  if (protocol === 'all') return ['tcp'];
  return protocol === 'icmp' ? [] : [protocol];
}

/** Every port of a narrow rule; of a wide one those of the list (for UDP none: nobody listens there as a rule). */
function portsOf(rule: TrafficRule, protocol: Forward['protocol'], ports: readonly number[]): number[] {
  const first = rule.protocol === 'all' ? 1 : Math.max(1, rule.fromPort);
  const last = rule.protocol === 'all' || rule.toPort < 0 ? 65_535 : rule.toPort;
  if (last - first < ports.length)
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  return protocol === 'tcp' ? ports.filter(port => port >= first && port <= last) : [];
}

function isLoopback(address: string): boolean {
  return Math.floor((parseAddress(address) ?? 0) / 2 ** 24) === 127;
}

/** Differences in forwards, by value. */
export function sameForward(a: Forward, b: Forward): boolean {
  return (
    a.protocol === b.protocol &&
    a.hostAddress === b.hostAddress &&
    a.hostPort === b.hostPort &&
    a.guestAddress === b.guestAddress &&
    a.guestPort === b.guestPort
  );
}
