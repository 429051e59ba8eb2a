import { mkdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { cidrBlock, contains, parseAddress } from '../../domain/addresses.ts';
import type { OwnedProcesses } from '../../processes/owned-processes.ts';
import type { Network, PublicPort } from '../network.ts';
import { tapName } from './addresses.ts';
import { detectMode, enterNamespace, type NamespaceMode } from './mode.ts';
import { usualPorts } from './public-forwards.ts';
import { publicPorts as choosePublicPorts } from './public-port.ts';
import { Vpc } from './vpc.ts';
import { type VpcSettings, vpcOfProcess } from './vpc-settings.ts';

export interface NamespaceNetworkOptions {
  /** Data of the region's networks, e.g. `DATA/<region>/networks`. */
  folder: string;
  /** Short, for sockets. */
  runtimeFolder: string;
  processes: OwnedProcesses;
  /** The folder `processes` was made with. */
  processFolder: string;
  /** The ports a rule that opens many forwards from a public address. */
  publicPorts?: readonly number[];
  /** CIDR blocks in private ranges that guests may reach; none by default. */
  allowPrivateRanges?: readonly string[];
  mode?: NamespaceMode;
  /** The name of the owned process that runs a guest; `qemu-<instanceId>` by default. */
  guestProcess?: (instanceId: string) => string;
  report?: (message: string) => void;
}

/** A network that also says where a guest's port is found, and can let go of its processes. */
export interface NamespaceNetwork extends Network {
  readonly mode: NamespaceMode;
  readonly publicPort: PublicPort;
  /** Stops watching; the VPCs' processes live on. */
  close(): void;
}

/** How often the host's own addresses are looked up, in milliseconds: guests must not reach new ones either. */
const hostAddressInterval = 15_000;

/** @throws with the remedy where no namespaces can be made */
export async function createNamespaceNetwork(options: NamespaceNetworkOptions): Promise<NamespaceNetwork> {
  const { folder, runtimeFolder, processes, processFolder } = options;
  const mode = options.mode ?? (await detectMode());
  const publicPorts = options.publicPorts ?? usualPorts;
  const publicPort = await choosePublicPorts(publicPorts, process.getuid?.() === 0);
  for (const one of [folder, runtimeFolder]) mkdirSync(one, { recursive: true, mode: 0o700 });
  const settings: VpcSettings = {
    mode,
    folder,
    runtimeFolder,
    processes,
    processFolder,
    publicPort,
    publicPorts,
    guestProcess: options.guestProcess ?? (instanceId => `qemu-${instanceId}`),
    report: options.report ?? (message => console.error(message)),
  };
  const vpcs = new Map<string, Vpc>();
  const vpcOf = (vpcId: string): Vpc => {
    const vpc = vpcs.get(vpcId) ?? new Vpc(settings, vpcId);
    vpcs.set(vpcId, vpc);
    return vpc;
  };
  const endpointsOf = (vpcId: string) => vpcs.get(vpcId)?.plan?.endpoints ?? [];

  let hostAddresses = readHostAddresses();
  const lookAtHost = setInterval(() => {
    const now = readHostAddresses();
    if (now.join() === hostAddresses.join()) return;
    hostAddresses = now;
    for (const vpc of vpcs.values())
      vpc
        .moveHost(now)
        .catch(error => settings.report(`the host's new addresses are open to guests: ${error.message}`));
  }, hostAddressInterval).unref();

  return {
    mode,
    publicPort,
    apply: plan =>
      vpcOf(plan.vpcId).apply({
        plan,
        hostAddresses,
        allowedRanges: [...(options.allowPrivateRanges ?? [])],
      }),
    async nic(vpcId, networkInterfaceId) {
      const endpoint = endpointsOf(vpcId).find(one => one.networkInterfaceId === networkInterfaceId);
      if (!endpoint)
        throw new Error(
          `${networkInterfaceId} has no place in the last plan of ${vpcId}: apply one that has`,
        );
      const { identity } = await vpcOf(vpcId).holder();
      const enter = enterNamespace(mode, identity.pid);
      const { macAddress } = endpoint;
      return { networkInterfaceId, macAddress, tap: tapName(networkInterfaceId), enter };
    },
    async isReachable(vpcId, instanceId) {
      if (!endpointsOf(vpcId).some(one => one.instanceId === instanceId)) return false;
      const { client } = await vpcOf(vpcId).holder();
      return client.reachable(instanceId);
    },
    async remove(vpcId) {
      await vpcOf(vpcId).remove();
      vpcs.delete(vpcId);
    },
    async list() {
      return [...new Set(processes.list().flatMap(name => vpcOfProcess(name) ?? []))].sort();
    },
    close() {
      clearInterval(lookAtHost);
      for (const vpc of vpcs.values()) vpc.close();
    },
  };
}

/** The host's IPv4 addresses outside 127/8. */
function readHostAddresses(): string[] {
  const loopback = cidrBlock('127.0.0.0/8');
  const addresses = Object.values(networkInterfaces()).flatMap(one => one ?? []);
  const own = addresses.filter(one => one.family === 'IPv4').map(one => one.address);
  return [...new Set(own)].filter(one => !contains(loopback, parseAddress(one)!)).sort();
}
