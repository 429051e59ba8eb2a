/** A real server, started as a user starts it, and the ways to talk to it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EBSClient } from '@aws-sdk/client-ebs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { STSClient } from '@aws-sdk/client-sts';

export const run = promisify(execFile);
export const root = new URL('../..', import.meta.url).pathname;

/** Test files that run at the same time each have a number, and with it loopback addresses of their own. */
export const worker = Number(process.env.VITEST_POOL_ID ?? 0) % 100;

export interface Amity {
  readonly data: string;
  readonly endpoint: string;
  readonly pid: number;
  readonly accounts: AccountKeys[];
  /** The keys of the first account, or of the one with that alias. */
  keys(alias?: string): AccountKeys;
  ec2(options?: { region?: string; alias?: string; keys?: Partial<AccountKeys> }): EC2Client;
  ebs(options?: { region?: string; alias?: string; keys?: Partial<AccountKeys> }): EBSClient;
  sts(): STSClient;
  /** Runs `bin/amity` against this server. */
  command(...args: string[]): Promise<{ stdout: string; stderr: string }>;
  /** The environment in which `aws` and `bin/amity` talk to this server. */
  environment(alias?: string): NodeJS.ProcessEnv;
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGTERM; guests go on. */
  stop(): Promise<void>;
  log(): string;
}

export interface AccountKeys {
  accountId: string;
  accessKeyId: string;
  secretAccessKey: string;
  alias?: string;
}

export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `amity-${name}-`));
}

/** Starts `bin/amity serve` on a data folder and waits until it says that it is ready. */
export function startAmity(data: string, ...options: string[]): Promise<Amity> {
  return startAmityAs([], data, ...options);
}

/** The same through another command, which must exec what follows it. */
export async function startAmityAs(
  prefix: readonly string[],
  data: string,
  ...options: string[]
): Promise<Amity> {
  rmSync(join(data, 'ready.json'), { force: true });
  const logFile = join(data, 'server.log');
  const log = openSync(logFile, 'a');
  const [command, ...args] = [...prefix, join(root, 'bin/amity'), 'serve', '--data', data, ...options];
  args.push('--listen', '127.0.0.1:0', '--public-network', `127.${100 + worker}.0.0/16`);
  const child = spawn(command!, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  const ready = await readyFile(data, child).catch(error => {
    throw new Error(`${error.message}\n${readFileSync(logFile, 'utf8').slice(-4000)}`);
  });
  return amity(data, logFile, child, ready);
}

interface Ready {
  endpoint: string;
  accounts: AccountKeys[];
}

async function readyFile(data: string, child: ChildProcess): Promise<Ready> {
  const read = (): Ready | undefined => {
    try {
      return JSON.parse(readFileSync(join(data, 'ready.json'), 'utf8'));
    } catch {
      return undefined;
    }
  };
  return new Promise((resolve, reject) => {
    const watcher = watch(data, () => settle());
    const settle = () => {
      const ready = read();
      if (!ready) return;
      watcher.close();
      resolve(ready);
    };
    child.once('exit', code => {
      watcher.close();
      reject(new Error(`the server ended with ${code} before it was ready`));
    });
    settle();
  });
}

function amity(data: string, logFile: string, child: ChildProcess, ready: Ready): Amity {
  const keys = (alias?: string) => {
    const found = ready.accounts.find(account => account.alias === alias);
    if (!found) throw new Error(`there is no account of alias ${alias}`);
    return found;
  };
  const client = (region = 'us-east-1', alias?: string, other?: Partial<AccountKeys>) => {
    const { accessKeyId, secretAccessKey } = { ...keys(alias), ...other };
    return {
      region,
      endpoint: ready.endpoint,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    };
  };
  const environment = (alias?: string) => ({
    ...process.env,
    AWS_ENDPOINT_URL: ready.endpoint,
    AWS_ACCESS_KEY_ID: keys(alias).accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys(alias).secretAccessKey,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_PAGER: '',
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    data,
    ...ready,
    pid: child.pid!,
    keys,
    ec2: ({ region, alias, keys: other } = {}) => new EC2Client(client(region, alias, other)),
    ebs: ({ region, alias, keys: other } = {}) => new EBSClient(client(region, alias, other)),
    sts: () => new STSClient(client()),
    command: (...args) => run(join(root, 'bin/amity'), args, { env: environment(), maxBuffer: 2 ** 26 }),
    environment,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    log: () => readFileSync(logFile, 'utf8'),
  };
}

/**
 * Where a guest's port 22 is found: at 10022 where the server could not have 22, because it is not root or the host's own
 * SSH server listens at every address.
 */
export async function sshPort(address: string): Promise<number> {
  const socket = connect({ host: address, port: 10022 });
  try {
    await once(socket, 'connect');
    return 10022;
  } catch {
    return 22;
  } finally {
    socket.destroy();
  }
}

/** Runs a command in a guest over SSH; throws with what ssh said. */
export async function ssh(address: string, keyFile: string, command: string): Promise<string> {
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'ConnectTimeout=10',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'IdentitiesOnly=yes',
  ];
  const { stdout } = await run('ssh', [
    ...options.flatMap(option => ['-o', option]),
    ...['-i', keyFile, '-p', String(await sshPort(address)), `ec2-user@${address}`, command],
  ]);
  return stdout.trim();
}

export function saveKey(folder: string, name: string, material: string): string {
  const file = join(folder, `${name}.pem`);
  writeFileSync(file, material, { mode: 0o600 });
  return file;
}
