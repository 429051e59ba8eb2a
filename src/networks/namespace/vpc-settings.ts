import { join } from 'node:path';
import type { OwnedProcesses } from '../../processes/owned-processes.ts';
import type { PublicPort } from '../network.ts';
import { checkSocketPath } from './line-socket.ts';
import type { NamespaceMode } from './mode.ts';

/** What all VPCs of a region's network share. */
export interface VpcSettings {
  mode: NamespaceMode;
  /** Data: the last plan of each VPC, and logs. */
  folder: string;
  /** Short-lived: sockets. */
  runtimeFolder: string;
  processes: OwnedProcesses;
  /** The folder of `processes`: a holder keeps dnsmasq there too. */
  processFolder: string;
  publicPort: PublicPort;
  publicPorts: readonly number[];
  /** The name of the owned process that runs a guest: if a holder died, its namespace is found again through it. */
  guestProcess(instanceId: string): string;
  report(message: string): void;
}

/** Where things of one VPC are. */
export function vpcPlaces({ mode, folder, runtimeFolder }: VpcSettings, vpcId: string) {
  const own = join(folder, vpcId);
  return {
    folder: own,
    stateFile: join(own, 'plan.json'),
    holderLog: join(own, 'holder.log'),
    slirpLog: join(own, 'slirp.log'),
    dnsmasqLog: join(own, 'dnsmasq.log'),
    // Where root runs, dnsmasq becomes nobody, who cannot look into our folders; /run is root's alone to write.
    dnsmasqFolder: mode === 'rootful' ? `/run/amity-dns-${vpcId}` : join(own, 'dns'),
    controlSocket: checkSocketPath(join(runtimeFolder, `${vpcId}.ctl`)),
    slirpSocket: checkSocketPath(join(runtimeFolder, `${vpcId}.out`)),
  };
}

/** The names of a VPC's owned processes. */
export function vpcProcessNames(vpcId: string) {
  return { holder: `holder-${vpcId}`, slirp: `slirp-${vpcId}`, dnsmasq: `dnsmasq-${vpcId}` };
}

/** The VPC a process of ours belongs to, by its name. */
export function vpcOfProcess(name: string): string | undefined {
  return /^(?:holder|slirp|dnsmasq)-(vpc-[0-9a-f]+)$/.exec(name)?.[1];
}
