import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createQemuDisks } from '../../src/disks/qemu-disks.ts';
import { ownedProcesses } from '../../src/processes/owned-processes.ts';
import { QmpClient } from '../../src/qmp/client.ts';
import { baseByte, baseSnapshot, type DisksUnderTest, disksContract } from '../contract/disks.ts';
import { disksInUseContract } from '../contract/disks-in-use.ts';

const run = promisify(execFile);
const size = 4 * 1024 * 1024;

/** Disks over real storage daemons; qemu-nbd stands in for the block server, qemu-io for the guest. */
async function realDisks() {
  const folder = mkdtempSync(join(tmpdir(), 'amity-qsd-'));
  const blocksSocket = join(folder, 'blocks');
  const volumes = join(folder, 'volumes');
  writeFileSync(join(folder, 'base.raw'), Buffer.alloc(size, baseByte));
  const serveBase = async () => {
    const server = spawn(
      '/usr/bin/qemu-nbd',
      ['-r', '-t', '-e', '16', '-f', 'raw', '-x', baseSnapshot, '-k', blocksSocket, join(folder, 'base.raw')],
      { stdio: 'ignore' },
    );
    while (!existsSync(blocksSocket)) await delay(10);
    return server;
  };
  let base = await serveBase();
  const start = () =>
    createQemuDisks({
      folder: volumes,
      runtimeFolder: join(folder, 'run'),
      processes: ownedProcesses(join(folder, 'processes')),
      blocksSocket,
      programs: { qemuStorageDaemon: '/usr/bin/qemu-storage-daemon', qemuImg: '/usr/bin/qemu-img' },
      log: () => undefined,
    });
  let disks = start();
  const guest = (holderId: string, volumeId: string, commands: string[]) =>
    run('/usr/bin/qemu-io', [
      ...['-f', 'raw', '-d', 'unmap', ...commands.flatMap(command => ['-c', command])],
      `nbd+unix:///${volumeId}?socket=${join(folder, 'run', `${holderId}.nbd`)}`,
    ]);
  const under = {
    disks,
    write: async (holderId: string, volumeId: string, offset: number, data: Buffer) => {
      await guest(holderId, volumeId, [`write -P ${data[0]} ${offset} ${data.length}`]);
    },
    zero: async (holderId: string, volumeId: string, offset: number, length: number) => {
      await guest(holderId, volumeId, [`write -z -u ${offset} ${length}`]);
    },
    restart: async () => {
      disks.disconnect();
      disks = start();
      return disks;
    },
    lose: async (holderId: string) => {
      process.kill(ownedProcesses(join(folder, 'processes')).find(`qsd-${holderId}`)!.pid, 'SIGKILL');
    },
    end: async () => {
      for (const holderId of await disks.holders()) await disks.close(holderId);
      base.kill();
      await once(base, 'exit');
      rmSync(folder, { recursive: true });
    },
  } satisfies DisksUnderTest;
  return {
    ...under,
    guest,
    /** Writes 4 KiB into each of 32 clusters, 64 requests at a time. */
    bench: (holderId: string, volumeId: string, { pattern, start }: { pattern: number; start: number }) =>
      run('/usr/bin/qemu-img', [
        ...['bench', '-w', '-f', 'raw', '-d', '64', '-c', '32', '-s', '4k', '-S', '64k'],
        ...[`--pattern=${pattern}`, '-o', `${start % (14 * 1024 * 1024)}`],
        `nbd+unix:///${volumeId}?socket=${join(folder, 'run', `${holderId}.nbd`)}`,
      ]),
    qmpSocket: (holderId: string) => join(folder, 'run', `${holderId}.qsd`),
    files: () => readdirSync(volumes),
    overlay: (volumeId: string) => join(volumes, `${volumeId}.qcow2`),
    stopBase: async () => {
      base.kill();
      await once(base, 'exit');
    },
    startBase: async () => {
      rmSync(blocksSocket, { force: true });
      base = await serveBase();
    },
  };
}

describe('disks held by qemu-storage-daemon', () => {
  disksContract(realDisks);
  disksInUseContract(realDisks);

  const root = { volumeId: 'vol-00000000000000001', size, snapshotId: baseSnapshot };
  const holder = 'i-00000000000000001';
  const all = async () => true;

  test('an overlay names no backing file and its daemon leaves no fleece behind', async () => {
    const { disks, end, files, overlay, guest } = await realDisks();
    try {
      await disks.create(root);
      const { stdout } = await run('/usr/bin/qemu-img', ['info', '--output=json', overlay(root.volumeId)]);
      expect(JSON.parse(stdout)).toMatchObject({ format: 'qcow2', 'virtual-size': size });
      expect(stdout).not.toContain('backing');
      await disks.open(holder, [root]);
      const [view] = await disks.freeze(holder, [{ volume: root, snapshotId: 'snap-1' }], all);
      expect(files().some(name => name.startsWith('fleece-'))).toBe(true);
      await view!.commit();
      expect(files().some(name => name.startsWith('fleece-'))).toBe(false);
      await disks.freeze(holder, [{ volume: root, snapshotId: 'snap-2' }], all);
      await guest(holder, root.volumeId, ['write -P 1 0 64k']);
      await disks.close(holder);
      expect(files()).toEqual(['logs', `${root.volumeId}.qcow2`]);
    } finally {
      await end();
    }
  });

  test('what a guest discards is gone from the overlay and from the next snapshot', async () => {
    const { disks, end, guest } = await realDisks();
    try {
      await disks.create(root);
      await disks.open(holder, [root]);
      await guest(holder, root.volumeId, ['write -P 5 0 128k']);
      await (await disks.freeze(holder, [{ volume: root, snapshotId: 'snap-1' }], all))[0]!.commit();
      await guest(holder, root.volumeId, ['discard 0 64k']);
      await guest(holder, root.volumeId, ['discard 1M 64k']);
      const [view] = await disks.freeze(holder, [{ volume: root, snapshotId: 'snap-2' }], all);
      expect(await view!.changed()).toEqual([
        { offset: 0, length: 65536 },
        { offset: 1048576, length: 65536 },
      ]);
      expect(new Set(await view!.read(0, 65536))).toEqual(new Set([0]));
      expect(new Set(await view!.read(1048576, 65536))).toEqual(new Set([0]));
    } finally {
      await end();
    }
  });

  test('a block server that restarts is waited for, and reads under way then succeed', async () => {
    const { disks, end, guest, stopBase, startBase } = await realDisks();
    try {
      await disks.create(root);
      await disks.open(holder, [root]);
      await stopBase();
      let ended = false;
      const reading = guest(holder, root.volumeId, [`read -P ${baseByte} 1M 64k`]).finally(() => {
        ended = true;
      });
      await guest(holder, root.volumeId, ['write -P 1 0 64k']);
      expect(ended).toBe(false);
      await startBase();
      expect((await reading).stdout).toContain('read 65536/65536');
    } finally {
      await end();
    }
  });

  test('volumes whose block server is down are refused by a deadline, and opened once it is back', async () => {
    const { disks, end, stopBase, startBase } = await realDisks();
    try {
      await disks.create(root);
      await stopBase();
      await expect(disks.open(holder, [root])).rejects.toThrow('blockdev-add');
      await startBase();
      expect(await disks.open(holder, [root])).toHaveLength(1);
    } finally {
      await end();
    }
  });

  test('snapshots of a volume that is written to all the time rebuild it exactly from their changes', async () => {
    const { disks, end, bench } = await realDisks();
    const volume = { volumeId: root.volumeId, size: 16 * 1024 * 1024 };
    try {
      await disks.create(volume);
      await disks.open(holder, [volume]);
      let writing = true;
      const writer = (async () => {
        for (let round = 0; writing; round++)
          await bench(holder, root.volumeId, { pattern: 1 + (round % 255), start: round * 1024 * 1024 });
      })();
      const rebuilt = Buffer.alloc(volume.size);
      for (let index = 0; index < 6; index++) {
        const targets = [{ volume, snapshotId: `snap-${index}` }];
        const [view] = await disks.freeze(holder, targets, all);
        expect(view!.base).toBe(index === 0 ? undefined : `snap-${index - 1}`);
        for (const { offset, length } of await view!.changed())
          (await view!.read(offset, length)).copy(rebuilt, offset);
        expect(rebuilt.equals(await view!.read(0, volume.size))).toBe(true);
        await view!.commit();
      }
      writing = false;
      await writer;
    } finally {
      await end();
    }
  });

  test('a volume larger than its snapshot reads as zeroes behind it, which is no change', async () => {
    const { disks, end, guest } = await realDisks();
    const large = { ...root, size: 4 * size };
    try {
      await disks.create(large);
      await disks.open(holder, [large]);
      await guest(holder, root.volumeId, ['write -P 1 9M 64k']);
      const [view] = await disks.freeze(holder, [{ volume: large, snapshotId: 'snap-1' }], all);
      expect(await view!.changed()).toEqual([{ offset: 9 * 1024 * 1024, length: 65536 }]);
      expect(new Set(await view!.read(size, 65536))).toEqual(new Set([0]));
    } finally {
      await end();
    }
  });

  test('a volume grows after its daemon, or the growing, was killed: the next snapshot reads what is allocated', async () => {
    const { disks, end, guest, lose, overlay } = await realDisks();
    const grown = (factor: number) => ({ ...root, size: factor * size });
    try {
      await disks.create(root);
      await disks.open(holder, [root]);
      await guest(holder, root.volumeId, ['write -P 1 0 64k']);
      await (await disks.freeze(holder, [{ volume: root, snapshotId: 'snap-1' }], all))[0]!.commit();
      await guest(holder, root.volumeId, ['write -P 2 1M 64k', 'flush']);
      const lost = new Promise(resolve => disks.onLost(resolve));
      await lose(holder);
      await lost;
      await disks.resize(grown(2));

      for (const [index, delayMs] of [0, 5, 10, 15, 20, 30].entries()) {
        const { size: next } = grown(3 + index);
        const growing = spawn('/usr/bin/qemu-img', ['resize', '-q', overlay(root.volumeId), `${next}`]);
        setTimeout(() => growing.kill('SIGKILL'), delayMs);
        await once(growing, 'exit');
        await disks.resize(grown(3 + index));
      }
      await run('/usr/bin/qemu-img', ['check', '-q', overlay(root.volumeId)]);
      await disks.open(holder, [grown(8)]);
      await guest(holder, root.volumeId, ['write -P 3 15M 64k']);
      const [view] = await disks.freeze(holder, [{ volume: grown(8), snapshotId: 'snap-2' }], all);
      expect(view!.base).toBe(baseSnapshot);
      expect(await view!.changed()).toEqual(
        [0, 1, 15].map(MiB => ({ offset: MiB * 1024 * 1024, length: 65536 })),
      );
      expect(new Set(await view!.read(size, 65536))).toEqual(new Set([0]));
    } finally {
      await end();
    }
  });

  test('a freeze whose server died before its moment is begun again', async () => {
    const { disks, end, guest, restart, overlay, qmpSocket } = await realDisks();
    try {
      await disks.create(root);
      await disks.open(holder, [root]);
      disks.disconnect();
      const qmp = await QmpClient.connect(qmpSocket(holder));
      await qmp.execute('blockdev-add', { driver: 'null-co', 'node-name': 'fl-snap-1' });
      qmp.close();
      const next = await restart();
      expect(await next.isFrozen(holder, ['snap-1'])).toBe(false);
      await guest(holder, root.volumeId, ['write -P 7 0 64k']);
      const [view] = await next.freeze(holder, [{ volume: root, snapshotId: 'snap-1' }], all);
      expect(new Set(await view!.read(0, 65536))).toEqual(new Set([7]));
      await view!.abandon();
      await next.close(holder);
      const { stdout } = await run('/usr/bin/qemu-img', ['info', '--output=json', overlay(root.volumeId)]);
      expect(stdout).not.toContain('since-');
    } finally {
      await end();
    }
  });
});
