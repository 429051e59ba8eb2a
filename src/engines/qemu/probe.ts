import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { bootId } from '../../processes/identity.ts';
import { type Accelerator, machineOf } from './machines.ts';
import { probeExitCode, probeImage } from './probe-image.ts';

export interface ProbeSettings {
  /** `auto` probes; the others are taken at their word. */
  accelerator: 'auto' | Accelerator;
  /** Full path of qemu-system-x86_64. */
  qemu: string;
  /** Where the answer is kept, for this boot of the host and this version of QEMU. */
  cacheFile: string;
}

export interface ProbeAnswer {
  accelerator: Accelerator;
  /** Why, for `doctor` and the log. */
  reason: string;
}

/** A guest that takes longer runs on an emulated KVM, slower than TCG by a factor of a hundred. */
const limitMs = 2_500;

/**
 * Which accelerator guests run with: KVM only where a guest that does work finishes fast. /dev/kvm being there, and
 * even its ioctls succeeding, says nothing.
 */
export async function probeAccelerator(settings: ProbeSettings): Promise<ProbeAnswer> {
  if (settings.accelerator !== 'auto')
    return { accelerator: settings.accelerator, reason: 'set by the configuration' };
  const key = `${bootId()} ${await version(settings.qemu)}`;
  const cached = await readCache(settings.cacheFile, key);
  if (cached) return cached;
  const answer = await probe(settings.qemu);
  const temporary = `${settings.cacheFile}.${process.pid}.new`;
  await writeFile(temporary, JSON.stringify({ key, ...answer }), { mode: 0o600 });
  await rename(temporary, settings.cacheFile);
  return answer;
}

async function probe(qemu: string): Promise<ProbeAnswer> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch (error) {
    return { accelerator: 'tcg', reason: `/dev/kvm: ${(error as NodeJS.ErrnoException).code}` };
  }
  const folder = await mkdtemp(join(tmpdir(), 'amity-probe-'));
  try {
    const image = join(folder, 'probe.img');
    await writeFile(image, probeImage());
    return judge(await runProbe(qemu, 'kvm', image), await runProbe(qemu, 'tcg', image));
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface ProbeRun {
  /** Undefined when it was killed at the limit, or by a signal. */
  exitCode: number | undefined;
  ms: number;
}

/** KVM is taken if its guest did the work about as fast as TCG's or faster. */
export function judge(kvm: ProbeRun, tcg: ProbeRun): ProbeAnswer {
  const ms = Math.round(kvm.ms);
  if (kvm.exitCode !== probeExitCode)
    return {
      accelerator: 'tcg',
      reason:
        kvm.exitCode !== undefined
          ? `a probe guest ended on KVM with code ${kvm.exitCode}`
          : ms >= limitMs
            ? `a probe guest did not finish on KVM in ${limitMs} ms`
            : `QEMU crashed with a probe guest on KVM after ${ms} ms`,
    };
  if (kvm.ms >= Math.max(1_500, 3 * tcg.ms))
    return { accelerator: 'tcg', reason: `a probe guest took ${ms} ms on KVM` };
  return { accelerator: 'kvm', reason: `a probe guest took ${ms} ms on KVM` };
}

async function runProbe(qemu: string, accelerator: Accelerator, image: string): Promise<ProbeRun> {
  const start = performance.now();
  const child = spawn(
    qemu,
    [
      ...[
        '-accel',
        accelerator,
        '-cpu',
        machineOf({ architecture: 'x86_64' }).cpu[accelerator],
        '-nodefaults',
        '-m',
        '16',
      ],
      ...['-display', 'none', '-serial', 'none', '-no-reboot'],
      ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'],
      ...['-drive', `file=${image},format=raw,if=ide,snapshot=on`],
    ],
    { stdio: 'ignore', timeout: limitMs, killSignal: 'SIGKILL' },
  );
  const [exitCode] = await exitOf(child);
  return { exitCode: exitCode ?? undefined, ms: performance.now() - start };
}

async function exitOf(child: ChildProcess): Promise<[number | null]> {
  return (await once(child, 'exit')) as [number | null];
}

async function version(qemu: string): Promise<string> {
  const child = spawn(qemu, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', chunk => {
    text += chunk;
  });
  await once(child, 'close');
  return text.split('\n')[0] ?? '';
}

async function readCache(path: string, key: string): Promise<ProbeAnswer | undefined> {
  try {
    const cached = JSON.parse(await readFile(path, 'utf8'));
    if (cached.key !== key || !['kvm', 'tcg'].includes(cached.accelerator)) return undefined;
    return { accelerator: cached.accelerator, reason: String(cached.reason) };
  } catch {
    // Absent or not ours: the probe is cheap to repeat.
    return undefined;
  }
}
