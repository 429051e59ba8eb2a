/** SSH to instances through Debian's `ssh`. */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Refusal } from './errors.ts';

export interface SshTarget {
  /** Names the host key: addresses go from one instance to the next. */
  instanceId: string;
  address: string;
  port: number;
  login: string;
  identity?: string;
  knownHosts: string;
}

/** A server that runs without root cannot listen on ports under 1024: there p appears at p + 10000. */
const ports = [22, 10022];

/** The port on which an SSH server greets at this address; undefined while none does. */
export async function findSshPort(address: string): Promise<number | undefined> {
  const greeted = await Promise.all(
    ports.map(async port => ((await greets(address, port)) ? port : undefined)),
  );
  return greeted.find(port => port !== undefined);
}

/** Waits until a guest's SSH server greets. @throws Refusal after `seconds`. */
export async function waitForSsh(address: string, seconds: number, signal?: AbortSignal): Promise<number> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    signal?.throwIfAborted();
    const port = await findSshPort(address);
    if (port) return port;
    await new Promise(done => setTimeout(done, 500));
  }
  throw new Refusal(
    `No SSH server greets at ${address} (ports ${ports.join(' and ')}): see \`aws ec2 get-console-output\`, and whether the security group lets port 22 in.`,
  );
}

/** A connection alone says little: the forwarder in front of a guest accepts before the guest is up. */
function greets(address: string, port: number): Promise<boolean> {
  return new Promise(done => {
    const socket = connect({ host: address, port, timeout: 5000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      done(answer);
    };
    socket.once('data', data => settle(data.toString('latin1').startsWith('SSH-')));
    for (const event of ['error', 'close', 'timeout']) socket.once(event, () => settle(false));
  });
}

export function sshArguments(target: SshTarget, batch: boolean): string[] {
  const options = [
    `UserKnownHostsFile=${target.knownHosts}`,
    `HostKeyAlias=${target.instanceId}`,
    'StrictHostKeyChecking=accept-new',
    'LogLevel=ERROR',
    'ServerAliveInterval=15',
    ...(target.identity ? ['IdentitiesOnly=yes'] : []),
    ...(batch ? ['BatchMode=yes', 'ConnectTimeout=20'] : []),
  ];
  return [
    ...options.flatMap(option => ['-o', option]),
    ...(target.identity ? ['-i', target.identity] : []),
    '-p',
    String(target.port),
    `${target.login}@${target.address}`,
  ];
}

/** Hands the terminal to ssh; resolves to its status. */
export function sshHere(target: SshTarget, command: readonly string[]): Promise<number> {
  const child = spawn('ssh', [...sshArguments(target, false), '--', ...command], { stdio: 'inherit' });
  return statusOf(child);
}

/** Runs a shell command in the guest and returns what it printed. @throws Refusal where it fails. */
export async function sshRun(target: SshTarget, command: string, signal?: AbortSignal): Promise<string> {
  const child = spawn('ssh', [...sshArguments(target, true), '--', command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', text => {
    printed.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    printed.err += text;
  });
  const status = await statusOf(child);
  if (status !== 0)
    throw new Refusal(
      `\`${command}\` failed in ${target.instanceId}: ${printed.err.trim() || `status ${status}`}`,
    );
  return printed.out.trim();
}

function statusOf(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((done, failed) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      failed(
        error.code === 'ENOENT'
          ? new Refusal('There is no ssh here: install openssh-client.', { cause: error })
          : error,
      ),
    );
    child.on('close', status => done(status ?? 255));
  });
}

export const keyFile = (data: string, keyName: string) => join(data, 'keys', `${keyName}.pem`);
export const knownHostsFile = (data: string) => join(data, 'keys', 'known_hosts');
