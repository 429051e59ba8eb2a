import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { OpenVolume } from '../../src/disks/disk.ts';
import type { GuestExit, GuestNic, GuestSpec } from '../../src/engines/engine.ts';
import { probeAccelerator } from '../../src/engines/qemu/probe.ts';
import { createQemuEngine } from '../../src/engines/qemu/qemu-engine.ts';
import { ownedProcesses } from '../../src/processes/owned-processes.ts';
import { findProgram } from '../../src/programs.ts';
import { QmpClient } from '../../src/qmp/client.ts';
import { engineContract } from '../contract/engine.ts';
import { engineNicsContract } from '../contract/engine-nics.ts';
import { helloDisk } from './boot-sector.ts';

const qemu = '/usr/bin/qemu-system-x86_64';
const one = 'i-00000000000000001';

/** A network namespace with taps for the first NICs of two guests, and for others by the last digit of their ids. */
async function namespace(): Promise<ChildProcess> {
  const taps = 'for n in 1 2 d e; do ip tuntap add tap$n mode tap; ip link set tap$n up; done';
  const holder = spawn(
    '/usr/bin/unshare',
    ['-Urn', '--', '/bin/sh', '-c', `${taps}; echo ready; exec sleep 600`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    },
  );
  await once(holder.stdout, 'data');
  return holder;
}

/** Guests in QEMU on taps of a namespace; qemu-nbd stands in for the storage daemon. */
async function realEngine(disk = helloDisk(), find: typeof findProgram = findProgram) {
  const folder = mkdtempSync(join(tmpdir(), 'amity-qemu-'));
  const holder = await namespace();
  const servers: ChildProcess[] = [];
  const processes = () => ownedProcesses(join(folder, 'processes'));
  const messages: string[] = [];
  const { accelerator } = await probeAccelerator({
    accelerator: 'auto',
    qemu,
    cacheFile: join(folder, 'accelerator.json'),
  });
  const create = () =>
    createQemuEngine({
      folder: join(folder, 'instances'),
      runtimeFolder: join(folder, 'run'),
      processes: processes(),
      accelerator,
      findProgram: find,
      log: message => messages.push(message),
    });
  let engine = create();
  const nic = async (networkInterfaceId: string): Promise<GuestNic> => ({
    networkInterfaceId,
    macAddress: `02:00:00:00:00:0${networkInterfaceId.at(-1)}`,
    tap: `tap${networkInterfaceId.at(-1)}`,
    enter: ['/usr/bin/nsenter', '-U', '--preserve-credentials', '-n', '-t', `${holder.pid}`],
  });
  const guest = async (instanceId: string): Promise<GuestSpec> => {
    const socketPath = join(folder, `${instanceId}.disk`);
    if (!existsSync(socketPath)) {
      writeFileSync(join(folder, `${instanceId}.raw`), disk);
      servers.push(
        spawn('/usr/bin/qemu-nbd', [
          ...['-t', '-f', 'raw', '-x', 'root', '-k', socketPath],
          join(folder, `${instanceId}.raw`),
        ]),
      );
      while (!existsSync(socketPath)) await delay(10);
    }
    return {
      instanceId,
      architecture: 'x86_64',
      firmware: 'legacy-bios',
      vcpus: 1,
      memoryMiB: 32,
      instanceType: 't3.nano',
      disks: [
        {
          volumeId: instanceId.replace('i-', 'vol-'),
          socketPath,
          exportName: 'root',
          device: '/dev/xvda',
          boot: true,
        },
      ],
      nics: [await nic(instanceId.replace('i-', 'eni-'))],
    };
  };
  /** Serves a file as a volume, and again under the same name when the file is another one. */
  const extra = new Map<string, ChildProcess>();
  const serve = async (volumeId: string, MiB: number): Promise<OpenVolume> => {
    const socketPath = join(folder, `${volumeId}.disk`);
    const volume = { volumeId, socketPath, exportName: volumeId };
    if (extra.has(volumeId)) return volume;
    const file = join(folder, `${volumeId}.raw`);
    writeFileSync(file, Buffer.alloc(MiB * 1024 * 1024));
    const argv = ['-t', '-e', '4', '-f', 'raw', '-x', volumeId, '-k', socketPath, file];
    extra.set(volumeId, spawn('/usr/bin/qemu-nbd', argv));
    while (!existsSync(socketPath)) await delay(10);
    return volume;
  };
  const stopServing = async (volumeId: string) => {
    await ends(extra.get(volumeId)!, 'SIGTERM');
    extra.delete(volumeId);
  };
  const ends = (child: ChildProcess, signal: NodeJS.Signals) =>
    new Promise<void>(resolve => {
      child.once('exit', () => resolve());
      child.kill(signal);
    });
  return {
    engine,
    folder,
    guest,
    messages,
    loseDisks: async () => {
      for (const server of servers) await ends(server, 'SIGKILL');
      servers.length = 0;
    },
    powerOff: async (instanceId: string) => {
      while (!(await engine.consoleOutput(instanceId)).includes('hello')) await delay(20);
      connect(join(folder, 'run', `${instanceId}.tty`))
        .on('error', () => undefined)
        .end('x');
    },
    volume: (volumeId: string) => serve(volumeId, 2),
    regrow: async (volumeId: string) => {
      await stopServing(volumeId);
      await serve(volumeId, 4);
    },
    disks: async (instanceId: string) => {
      // A guest's monitor serves one client at a time.
      engine.disconnect();
      const qmp = await QmpClient.connect(join(folder, 'run', `${instanceId}.qemu`));
      type Block = { qdev?: string; inserted?: { 'node-name': string } };
      const blocks = await qmp.execute<Block[]>('query-block');
      qmp.close();
      return blocks
        .filter(({ inserted }) => inserted && !inserted['node-name'].startsWith('gone-'))
        .map(({ qdev }) => /disk-(vol-[0-9a-f]+)/.exec(qdev!)![1]!)
        .sort();
    },
    nic,
    // The taps its process has open: QEMU itself goes on naming those it has closed.
    nics: async (instanceId: string) => {
      const folder = `/proc/${processes().find(`qemu-${instanceId}`)!.pid}/fdinfo`;
      const texts = readdirSync(folder).map(fd => readFileSync(join(folder, fd), 'utf8'));
      const taps = texts.flatMap(text => /^iff:\ttap(.)$/m.exec(text)?.[1] ?? []);
      return taps.map(digit => `eni-${digit.padStart(17, '0')}`).sort();
    },
    // What runs in the boot sector knows nothing of hot plug; the firmware, after a reset, does.
    hold: async () => undefined,
    letGo: async (instanceId: string) => engine.reset(instanceId),
    crash: async (instanceId: string) => {
      process.kill(processes().find(`qemu-${instanceId}`)!.pid, 'SIGKILL');
    },
    restart: async () => {
      engine.disconnect();
      engine = create();
      return engine;
    },
    end: async () => {
      for (const instanceId of await engine.adopt()) await engine.kill(instanceId);
      engine.disconnect();
      for (const child of [...servers, ...extra.values(), holder]) await ends(child, 'SIGKILL');
      rmSync(folder, { recursive: true });
    },
  };
}

describe('guests in QEMU', () => {
  engineContract(realEngine);
  engineNicsContract(realEngine);

  test('a disk that does not boot says so on the console', async () => {
    const { engine, guest, end } = await realEngine(Buffer.alloc(1024 * 1024));
    try {
      await engine.start(await guest(one));
      while (!(await engine.consoleOutput(one)).includes('No bootable device')) await delay(20);
    } finally {
      await end();
    }
  });

  test('firmware’s variables stay a guest’s own over its starts, until it is forgotten', async () => {
    const { engine, folder, guest, end } = await realEngine();
    const spec = { ...(await guest(one)), firmware: 'uefi' as const, memoryMiB: 256 };
    const file = join(folder, 'instances', one, 'firmware-variables');
    const firmwareSpoke = async (times: number) => {
      const spoken = async () => (await engine.consoleOutput(one)).toString().split('BdsDxe: failed').length;
      while ((await spoken()) <= times) await delay(50);
    };
    try {
      await engine.start(spec);
      await firmwareSpoke(1);
      await engine.kill(one);
      // What the firmware noted of its disks differs from what it was installed with.
      const noted = readFileSync(file);
      expect(noted.equals(readFileSync('/usr/share/OVMF/OVMF_VARS_4M.fd'))).toBe(false);
      const { ino } = statSync(file);
      await engine.start(spec);
      expect(statSync(file).ino).toBe(ino);
      await engine.kill(one);
      await engine.forget(one);
      expect(existsSync(file)).toBe(false);
    } finally {
      await end();
    }
  });

  test('a guest whose program is not installed does not start, and the error names its package', async () => {
    const { engine, guest, end } = await realEngine(helloDisk(), () => undefined);
    try {
      await expect(engine.start(await guest(one))).rejects.toThrow('qemu-system-x86');
      expect(await engine.lacking({ architecture: 'arm64', firmware: 'uefi' })).toContain('qemu-system-arm');
      expect(await engine.isRunning(one)).toBe(false);
    } finally {
      await end();
    }
  });

  test('a guest whose disk cannot be reached does not start, and the error says why', async () => {
    const { engine, guest, end, loseDisks } = await realEngine();
    const exits: GuestExit[] = [];
    engine.onExit((_, exit) => exits.push(exit));
    try {
      const spec = await guest(one);
      await loseDisks();
      await expect(engine.start(spec)).rejects.toThrow('Connection refused');
      expect(await engine.isRunning(one)).toBe(false);
      expect(exits).toEqual([]);
    } finally {
      await end();
    }
  });

  test('a guest whose storage daemon died is ended at its next access', async () => {
    const { engine, guest, end, loseDisks, messages } = await realEngine();
    const ended = new Promise<GuestExit>(resolve => engine.onExit((_, exit) => resolve(exit)));
    try {
      await engine.start(await guest(one));
      while (!(await engine.consoleOutput(one)).includes('hello')) await delay(20);
      await loseDisks();
      await engine.reset(one);
      expect(await ended).toBe('crashed');
      expect(messages.join()).toContain('stopped at a read error');
    } finally {
      await end();
    }
  });
});

test('what the accelerator probe finds is kept for this boot and this QEMU', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amity-probe-'));
  const cacheFile = join(folder, 'accelerator.json');
  const probe = () => probeAccelerator({ accelerator: 'auto', qemu, cacheFile });
  try {
    const found = await probe();
    const kept = JSON.parse(readFileSync(cacheFile, 'utf8'));
    expect(kept).toMatchObject(found);
    writeFileSync(cacheFile, JSON.stringify({ ...kept, reason: 'kept' }));
    expect((await probe()).reason).toBe('kept');
    writeFileSync(cacheFile, JSON.stringify({ ...kept, key: 'another boot', reason: 'kept' }));
    expect((await probe()).accelerator).toBe(found.accelerator);
    expect(JSON.parse(readFileSync(cacheFile, 'utf8'))).toMatchObject({ key: kept.key });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
