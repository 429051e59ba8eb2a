import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Measured {
  seconds: number;
  cpuSeconds: number;
  /** Of the largest process. */
  peakMiB: number;
}

let runs = 0;

/** Runs a command to its end under GNU time. @throws with what it wrote to standard error when it fails */
export async function measure(
  argv: readonly string[],
  { cwd, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Measured & { stdout: string }> {
  const report = join(tmpdir(), `amity-bench-${process.pid}-${++runs}`);
  const start = performance.now();
  const child = spawn('/usr/bin/time', ['-o', report, '-f', '%U %S %M', ...argv], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', chunk => {
    stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    stderr = `${stderr}${chunk}`.slice(-2_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr.trim()}`);
  const [user, system, kib] = readFileSync(report, 'utf8').trim().split('\n').at(-1)!.split(' ').map(Number);
  rmSync(report);
  return { seconds, cpuSeconds: user! + system!, peakMiB: kib! / 1024, stdout };
}

/** Bytes of a file, or of all files under a folder. */
export function bytesOf(path: string): number {
  const { size } = statSync(path);
  if (!statSync(path).isDirectory()) return size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}
