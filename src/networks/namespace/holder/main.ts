/**
 * The process that lives in a VPC's network namespace and, as long as it runs, keeps it: firewall, taps, addresses and
 * names, metadata. It outlives the server. Its one argument is its settings as JSON.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { ownedProcesses } from '../../../processes/owned-processes.ts';
import { metadataAddress } from '../addresses.ts';
import { controlServer } from './control-server.ts';
import { type DnsmasqSettings, dnsmasqProcess } from './dnsmasq-process.ts';
import { metadataServer } from './metadata-server.ts';
import { vpcHolder } from './vpc-holder.ts';

export interface HolderSettings {
  vpcId: string;
  /** Where the server asks; it appears when the holder is ready. */
  controlSocket: string;
  stateFile: string;
  /** The folder of the region's process records. */
  processFolder: string;
  dnsmasq: DnsmasqSettings;
}

process.umask(0o077);
const settings = JSON.parse(process.argv[2] ?? '') as HolderSettings;
const dnsmasq = dnsmasqProcess(ownedProcesses(settings.processFolder), settings.dnsmasq);
const holder = vpcHolder(settings.vpcId, settings.stateFile, dnsmasq);
// Until it listens, nothing else may keep Node from ending while it waits for another process.
const alive = setInterval(() => undefined, 60_000);
await holder.start();

const metadata = metadataServer(holder.endpointOf).listen(80, metadataAddress);
await once(metadata, 'listening');

rmSync(settings.controlSocket, { force: true });
controlServer(holder.handle).listen(settings.controlSocket);
clearInterval(alive);
