/** Block servers in processes of their own, and boots replayed through them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { blockServerCommand } from '../../src/disks/block-server/command.ts';
import type { Counters } from '../../src/disks/block-server/counters.ts';

/** `[offset, length]` of the 1,094 reads of a real boot (Debian 12, to multi-user), in order. */
export const bootTrace = readFileSync(new URL('boot-trace.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map(line => line.split(' ').map(Number) as [offset: number, length: number]);

/** Of the stores that benchmarks make. */
export const masterKey = Buffer.alloc(32, 7);

export interface Served {
  uri(snapshotId: string): string;
  pid: number;
  /** SIGTERM; what it did. */
  stop(): Promise<Counters>;
}

/** The block server as it is. */
export function serve(blocksFolder: string, socketPath: string): Promise<Served> {
  const { argv, stdin } = blockServerCommand({ blocksFolder, socketPath, masterKey });
  return started(argv, socketPath, stdin);
}

/** Its exports over a store that answers `latency` milliseconds later. */
export function serveFar(blocksFolder: string, socketPath: string, latency: number): Promise<Served> {
  const main = fileURLToPath(new URL('far-server.ts', import.meta.url));
  return started([process.execPath, main, blocksFolder, socketPath, String(latency)], socketPath, '');
}

async function started(argv: readonly string[], socketPath: string, stdin: string): Promise<Served> {
  rmSync(socketPath, { force: true });
  const child = spawn(argv[0]!, argv.slice(1), { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr!.on('data', text => {
    said += text;
  });
  child.stdin!.end(stdin);
  await untilListening(child, socketPath, () => said);
  return {
    pid: child.pid!,
    uri: snapshotId => `nbd+unix:///${snapshotId}?socket=${socketPath}`,
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
      const counters = /ends after (\{.*\})/.exec(said)?.[1];
      if (!counters) throw new Error(`The block server ended without its counters: ${said}`);
      return JSON.parse(counters) as Counters;
    },
  };
}

/** nbdkit serving a raw file, as the peer. */
export async function nbdkit(
  file: string,
  socketPath: string,
): Promise<{ uri: string; stop(): Promise<void> }> {
  rmSync(socketPath, { force: true });
  const child = spawn('nbdkit', ['-f', '-r', '-U', socketPath, 'file', file], { stdio: 'ignore' });
  await untilListening(child, socketPath, () => 'nbdkit ended');
  return {
    uri: `nbd+unix:///?socket=${socketPath}`,
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

async function untilListening(child: ChildProcess, socketPath: string, said: () => string): Promise<void> {
  while (!existsSync(socketPath)) {
    if (child.exitCode !== null) throw new Error(said());
    await delay(5);
  }
}

/** Milliseconds that the reads of a boot take, one after the other; without those of starting qemu-io. */
export async function replay(uri: string, times = 1): Promise<number> {
  const whole = await qemuIo(uri, Array.from({ length: times }, () => bootTrace).flat());
  return Math.max(0, whole - (await qemuIo(uri, bootTrace.slice(0, 1))));
}

/** Milliseconds of one qemu-io that reads all of it. */
export async function qemuIo(uri: string, reads: readonly (readonly [number, number])[]): Promise<number> {
  const begun = performance.now();
  const child = spawn('qemu-io', ['-r', '-f', 'raw', uri], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr!.on('data', text => {
    said += text;
  });
  child.stdin!.end(reads.map(([offset, length]) => `read -q ${offset} ${length}\n`).join(''));
  const [code] = await once(child, 'close');
  if (code !== 0 || said !== '') throw new Error(`qemu-io on ${uri}: ${said}`);
  return performance.now() - begun;
}
