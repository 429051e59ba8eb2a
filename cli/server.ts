/** The server seen from its own machine: what src/main.ts and src/maintenance.ts offer, loaded when a command needs it. */
import type { Settings } from '../src/config.ts';
import type { Server } from '../src/main.ts';
import { Refusal } from './errors.ts';

/** One thing `doctor` looked at. */
export interface Check {
  what: string;
  state: 'ok' | 'warning' | 'missing';
  detail: string;
  remedy?: string;
}

export type RunningServer = Server;

export type { RegionCheck } from '../src/fsck.ts';

export const loadServer = async () => ({
  ...(await import('../src/main.ts')),
  ...(await import('../src/log.ts')),
});
export const loadMaintenance = () => import('../src/maintenance.ts');

/** Options of `serve` and `up` as the command line gives them. */
export interface ListenOptions {
  data: string;
  listen: string;
  regions: string;
  records?: string;
  blocks?: string;
  blocksCredentials?: string;
  publicNetwork?: string;
  accelerator?: 'kvm' | 'tcg' | 'auto';
  importAllow?: string;
  organizations?: string;
  imageBlockPublicAccess?: 'block-new-sharing' | 'unblocked';
  json?: boolean;
}

export function settingsOf(options: ListenOptions): Settings {
  const { data, listen, records, blocks, blocksCredentials, publicNetwork, accelerator } = options;
  const { organizations, imageBlockPublicAccess } = options;
  return {
    data,
    listen,
    regions: listed(options.regions),
    records,
    blocks,
    blocksCredentials,
    publicNetwork,
    accelerator,
    importAllow: options.importAllow === undefined ? undefined : listed(options.importAllow),
    organizations,
    imageBlockPublicAccess,
  };
}

const listed = (text: string) =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean);

/** `HOST:PORT`, with brackets around an IPv6 host. */
export function parseListen(text: string): { host: string; port: number } {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  if (!parts || port > 65_535)
    throw new Refusal(`--listen takes HOST:PORT, such as 127.0.0.1:8773; not ${text}.`);
  return { host: parts[1] ?? parts[2]!, port };
}
