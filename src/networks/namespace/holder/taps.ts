/** The interfaces of a VPC's namespace: its loopback addresses, and one routed tap for each guest (ip(8), tuntap). */
import { writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { parseCidr } from '../../../domain/addresses.ts';
import type { Endpoint, VpcPlan } from '../../../domain/vpc-plan-types.ts';
import {
  gatewayAddress,
  linkLocalResolver,
  metadataAddress,
  outside,
  resolverAddress,
  tapName,
} from '../addresses.ts';
import { runTool } from '../tool.ts';

/** What every namespace has, whatever its plan: may be done again in one that has it. */
export async function prepareNamespace(): Promise<void> {
  await writeFile('/proc/sys/net/ipv6/conf/all/disable_ipv6', '1').catch(ignoreAbsent);
  await writeFile('/proc/sys/net/ipv6/conf/default/disable_ipv6', '1').catch(ignoreAbsent);
  await ip([
    'link set lo up',
    `addr replace ${metadataAddress}/32 dev lo`,
    `addr replace ${linkLocalResolver}/32 dev lo`,
  ]);
  await sysctl('ip_forward', '1');
}

/** Makes the taps those of the plan; one that stays is not touched. */
export async function applyTaps(plan: VpcPlan): Promise<void> {
  await ip([`addr replace ${resolverAddress(plan.cidrBlock)}/32 dev lo`]);
  const present = new Map(
    (await links()).filter(link => link.name.startsWith('vm')).map(link => [link.name, link]),
  );
  const wanted = new Map(plan.endpoints.map(one => [tapName(one.networkInterfaceId), one]));
  for (const [tap, endpoint] of wanted) {
    const link = present.get(tap);
    if (!link?.up || !link.addresses.includes(gatewayAddress(endpoint.subnetCidrBlock)))
      await makeTap(tap, endpoint);
    else if (!(await routes(tap)).includes(endpoint.privateIpAddress)) await makeTap(tap, endpoint);
  }
  await ip([...present.keys()].filter(tap => !wanted.has(tap)).map(tap => `link del dev ${tap}`));
}

/**
 * The tap carries the subnet's router address but not its route: only the guest's own address leads here, and the
 * kernel answers the guest's questions for all others itself, so that every packet passes the firewall.
 */
async function makeTap(tap: string, { subnetCidrBlock, privateIpAddress }: Endpoint): Promise<void> {
  if (!(await links()).some(link => link.name === tap)) await ip([`tuntap add dev ${tap} mode tap`]);
  await sysctl(`conf/${tap}/proxy_arp`, '1');
  await sysctl(`neigh/${tap}/proxy_delay`, '0');
  await ip([
    `addr flush dev ${tap}`,
    `link set dev ${tap} up`,
    `addr add ${gatewayAddress(subnetCidrBlock)}/${parseCidr(subnetCidrBlock)!.prefix} dev ${tap} noprefixroute`,
    `route replace ${privateIpAddress}/32 dev ${tap}`,
  ]);
}

/** Whether slirp4netns has put its interface here; if so, makes it answer for the guests' addresses. */
export async function openOutside(): Promise<boolean> {
  const addresses = networkInterfaces()[outside.interface] ?? [];
  if (!addresses.some(one => one.family === 'IPv4')) return false;
  await sysctl(`conf/${outside.interface}/proxy_arp`, '1');
  await sysctl(`neigh/${outside.interface}/proxy_delay`, '0');
  return true;
}

interface Link {
  name: string;
  up: boolean;
  addresses: string[];
}

async function links(): Promise<Link[]> {
  const shown = JSON.parse(await runTool('ip', ['-json', 'addr', 'show'])) as Array<{
    ifname?: string;
    flags?: string[];
    addr_info?: Array<{ local?: string }>;
  }>;
  return shown.flatMap(({ ifname, flags = [], addr_info = [] }) =>
    ifname === undefined
      ? []
      : [{ name: ifname, up: flags.includes('UP'), addresses: addr_info.flatMap(one => one.local ?? []) }],
  );
}

async function routes(tap: string): Promise<string[]> {
  const text = (await runTool('ip', ['-json', 'route', 'show', 'dev', tap])) || '[]';
  return (JSON.parse(text) as Array<{ dst?: string }>).flatMap(route => route.dst ?? []);
}

async function ip(commands: string[]): Promise<void> {
  if (commands.length) await runTool('ip', ['-batch', '-'], commands.map(command => `${command}\n`).join(''));
}

function sysctl(name: string, value: string): Promise<void> {
  return writeFile(`/proc/sys/net/ipv4/${name}`, value);
}

/** A kernel without IPv6 has nothing to switch off. */
function ignoreAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
