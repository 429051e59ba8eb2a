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
  privateAddresses,
  resolverAddress,
  tapName,
} from '../addresses.ts';
import { forgetRouting, routingCommands } from '../route-tables.ts';
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
  await sysctl('conf/all/rp_filter', '0');
}

/** Makes the taps those of the plan; one that stays is not touched, but for the guest's addresses that lead to it. */
export async function applyTaps(plan: VpcPlan): Promise<void> {
  await ip([`addr replace ${resolverAddress(plan.cidrBlock)}/32 dev lo`]);
  const present = new Map(
    (await links()).filter(link => link.name.startsWith('vm')).map(link => [link.name, link]),
  );
  const wanted = new Map(plan.endpoints.map(one => [tapName(one.networkInterfaceId), one]));
  for (const [tap, { instanceId, deviceIndex }] of wanted) {
    const former = tapName(instanceId);
    if (deviceIndex === 0 && present.has(former) && !present.has(tap) && !wanted.has(former)) {
      await renameTap(former, tap);
      present.delete(former);
    }
  }
  for (const [tap, endpoint] of wanted) {
    const link = present.get(tap);
    if (link?.up && link.addresses.includes(gatewayAddress(endpoint.subnetCidrBlock))) continue;
    await makeTap(tap, endpoint);
    // The routes through it went with its addresses.
    routing = undefined;
  }
  await ip([...present.keys()].filter(tap => !wanted.has(tap)).map(tap => `link del dev ${tap}`));
  await applyRoutes(wanted);
  await applyRouting(plan);
}

let routing: string | undefined;

/** The route tables, when they are others than those made last. */
async function applyRouting(plan: VpcPlan): Promise<void> {
  const commands = routingCommands(plan);
  if (commands.join('\n') === routing) return;
  const rules = JSON.parse(await runTool('ip', ['-json', '-4', 'rule', 'show']));
  await ip([...forgetRouting(rules), ...commands]);
  routing = commands.join('\n');
}

/** Taps were named after instances once: those of guests that have run since then keep their guest. */
async function renameTap(former: string, tap: string): Promise<void> {
  await ip([`link set dev ${former} down`, `link set dev ${former} name ${tap}`]);
}

/** An address may have gone from one tap to another: routes that are too many go before others come. */
async function applyRoutes(wanted: ReadonlyMap<string, Endpoint>): Promise<void> {
  const present = (await routes()).filter(route => wanted.has(route.tap));
  const isWanted = ({ tap, address }: Route) => privateAddresses(wanted.get(tap)!).includes(address);
  const known = new Set(present.filter(isWanted).map(({ tap, address }) => `${tap} ${address}`));
  const missing = [...wanted].flatMap(([tap, endpoint]) =>
    privateAddresses(endpoint)
      .filter(address => !known.has(`${tap} ${address}`))
      .map(address => ({ tap, address })),
  );
  const surplus = present.filter(route => !isWanted(route));
  await ip([
    ...surplus.map(({ tap, address }) => `route del ${address}/32 dev ${tap}`),
    ...missing.map(({ tap, address }) => `route replace ${address}/32 dev ${tap}`),
  ]);
}

/**
 * The tap carries the subnet's router address but not its route: only the guest's own address leads here, and the
 * kernel answers the guest's questions for all others itself, so that every packet passes the firewall.
 */
async function makeTap(tap: string, { subnetCidrBlock }: Endpoint): Promise<void> {
  if (!(await links()).some(link => link.name === tap)) await ip([`tuntap add dev ${tap} mode tap`]);
  await sysctl(`conf/${tap}/proxy_arp`, '1');
  await sysctl(`neigh/${tap}/proxy_delay`, '0');
  // The firewall knows who may send what: a router's packets come from where no route leads back.
  await sysctl(`conf/${tap}/rp_filter`, '0');
  await ip([
    `addr flush dev ${tap}`,
    `link set dev ${tap} up`,
    `addr add ${gatewayAddress(subnetCidrBlock)}/${parseCidr(subnetCidrBlock)!.prefix} dev ${tap} noprefixroute`,
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

interface Route {
  tap: string;
  address: string;
}

async function routes(): Promise<Route[]> {
  const text = (await runTool('ip', ['-json', '-4', 'route', 'show', 'scope', 'link'])) || '[]';
  const shown = JSON.parse(text) as Array<{ dst?: string; dev?: string }>;
  return shown.flatMap(({ dst, dev }) => (dst && dev ? [{ tap: dev, address: dst }] : []));
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
