/** The server seen from its own machine: what src/main.ts and src/maintenance.ts offer. Loaded when a command needs it. */
import { Refusal } from './errors.ts';
import type { Ready, ReadyAccount } from './ready.ts';

export interface ServerSettings {
  data: string;
  listen: { host: string; port: number };
  regions: string[];
  records?: string;
  publicNetwork?: string;
  accelerator?: 'kvm' | 'tcg' | 'auto';
  log: (line: string) => void;
}

export interface RunningServer {
  ready: Ready;
  stop(): Promise<void>;
}

interface ServerModule {
  startServer(settings: ServerSettings): Promise<RunningServer>;
}

interface MaintenanceModule {
  createAccount(data: string, account: { name: string }): Promise<ReadyAccount>;
  listAccounts(data: string): Promise<ReadyAccount[]>;
  diagnose?(data: string): Promise<Check[]>;
}

/** One thing `doctor` looked at. */
export interface Check {
  what: string;
  state: 'ok' | 'warning' | 'missing';
  detail: string;
  remedy?: string;
}

export const loadServer = (): Promise<ServerModule> =>
  import(new URL('../src/main.ts', import.meta.url).href);
export const loadMaintenance = (): Promise<MaintenanceModule> =>
  import(new URL('../src/maintenance.ts', import.meta.url).href);

/** Options of `serve` and `up` as the command line gives them. */
export interface ListenOptions {
  data: string;
  listen: string;
  regions: string;
  records?: string;
  publicNetwork?: string;
  accelerator?: 'kvm' | 'tcg' | 'auto';
  json?: boolean;
}

export function settingsOf(options: ListenOptions, log: ServerSettings['log']): ServerSettings {
  return {
    data: options.data,
    listen: parseListen(options.listen),
    regions: options.regions
      .split(',')
      .map(region => region.trim())
      .filter(Boolean),
    records: options.records,
    publicNetwork: options.publicNetwork,
    accelerator: options.accelerator,
    log,
  };
}

/** `HOST:PORT`, with brackets around an IPv6 host. */
export function parseListen(text: string): { host: string; port: number } {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  if (!parts || port > 65_535)
    throw new Refusal(`--listen takes HOST:PORT, such as 127.0.0.1:8773; not ${text}.`);
  return { host: parts[1] ?? parts[2]!, port };
}
