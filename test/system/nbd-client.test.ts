import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectNbd, type NbdClient } from '../../src/disks/nbd/client.ts';

const run = promisify(execFile);
const mib = 1024 * 1024;
const kib = 1024;

describe('the NBD client, against qemu-nbd', () => {
  let folder: string;
  let socketPath: string;
  const children: ChildProcess[] = [];
  const clients: NbdClient[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'amity-'));
    socketPath = join(folder, 'nbd.sock');
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    for (const child of children.splice(0)) {
      const gone = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await gone;
    }
    await rm(folder, { recursive: true });
  });

  const serve = (...argv: string[]) => {
    children.push(
      spawn('/usr/bin/qemu-nbd', ['-r', '-t', '-e', '8', '-k', socketPath, ...argv], { stdio: 'inherit' }),
    );
  };
  const connected = async (exportName: string, contexts: string[] = []) => {
    for (let attempt = 0; ; attempt++) {
      const client = await connectNbd({ socketPath, exportName, contexts }).catch((error: Error) => {
        if (attempt === 100 || !/ENOENT|ECONNREFUSED/.test(error.message)) throw error;
      });
      if (client) {
        clients.push(client);
        return client;
      }
      await delay(30);
    }
  };

  test('reads a disk byte for byte, pieces in parallel', async () => {
    const raw = join(folder, 'disk.raw');
    const bytes = Buffer.alloc(40 * mib + 512);
    for (let offset = 0; offset < bytes.length; offset += 4096) bytes.writeUInt32BE(offset, offset);
    await writeFile(raw, bytes);
    serve('-f', 'raw', '-x', 'disk', raw);
    const client = await connected('disk', ['base:allocation']);
    expect(client.size).toBe(bytes.length);
    // Larger than one request may be.
    expect((await client.read(0, bytes.length)).equals(bytes)).toBe(true);
    const pieces = await Promise.all(
      Array.from({ length: 200 }, (_, index) => client.read(index * 100_003, 70_000 + index)),
    );
    for (const [index, piece] of pieces.entries())
      expect(piece.equals(bytes.subarray(index * 100_003, index * 100_003 + 70_000 + index))).toBe(true);
    await expect(client.read(bytes.length - 1, 2)).rejects.toThrow(/outside/);
    await expect(client.blockStatus('qemu:allocation-depth', 0, 1)).rejects.toThrow(/did not agree/);
  });

  test('says which extents a dirty bitmap holds', async () => {
    const image = join(folder, 'disk.qcow2');
    await run('/usr/bin/qemu-img', ['create', '-q', '-f', 'qcow2', image, '64M']);
    await run('/usr/bin/qemu-io', ['-f', 'qcow2', '-c', 'write -P 1 0 1M', image]);
    await run('/usr/bin/qemu-img', ['bitmap', '--add', '-g', '65536', image, 'since']);
    await run('/usr/bin/qemu-io', [
      '-f',
      'qcow2',
      '-c',
      'write -P 2 64k 64k',
      '-c',
      'write -P 3 32M 100k',
      image,
    ]);
    serve('-f', 'qcow2', '-B', 'since', '-x', 'disk', image);
    const context = 'qemu:dirty-bitmap:since';
    const client = await connected('disk', [context, 'base:allocation']);
    expect([...client.contexts].sort()).toEqual(['base:allocation', context]);
    expect(await client.blockStatus(context, 0, 64 * mib)).toEqual([
      { length: 64 * kib, flags: 0 },
      { length: 64 * kib, flags: 1 },
      { length: 32 * mib - 128 * kib, flags: 0 },
      { length: 128 * kib, flags: 1 },
      { length: 32 * mib - 128 * kib, flags: 0 },
    ]);
    // A part of it, cut where it was asked for.
    expect(await client.blockStatus(context, 70 * kib, 10 * kib)).toEqual([{ length: 10 * kib, flags: 1 }]);
    const data = (await client.blockStatus('base:allocation', 0, 64 * mib)).filter(
      extent => extent.flags === 0,
    );
    expect(data.reduce((sum, extent) => sum + extent.length, 0)).toBe(mib + 100 * kib);
    expect((await client.read(32 * mib, 100 * kib)).every(byte => byte === 3)).toBe(true);
  });

  test('says which extents an overlay holds itself', async () => {
    const [base, overlay] = [join(folder, 'base.raw'), join(folder, 'overlay.qcow2')];
    await writeFile(base, Buffer.alloc(8 * mib, 1));
    await run('/usr/bin/qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'raw', overlay]);
    await run('/usr/bin/qemu-io', ['-f', 'qcow2', '-c', 'write -P 2 1M 64k', overlay]);
    serve('-f', 'qcow2', '-A', '-x', 'disk', overlay);
    const client = await connected('disk', ['qemu:allocation-depth']);
    expect(await client.blockStatus('qemu:allocation-depth', 0, 8 * mib)).toEqual([
      { length: mib, flags: 2 },
      { length: 64 * kib, flags: 1 },
      { length: 7 * mib - 64 * kib, flags: 2 },
    ]);
  });

  test('names the export, or the context, that is not there', async () => {
    await writeFile(join(folder, 'disk.raw'), Buffer.alloc(mib));
    serve('-f', 'raw', '-x', 'disk', join(folder, 'disk.raw'));
    await connected('disk');
    await expect(connectNbd({ socketPath, exportName: 'other' })).rejects.toThrow(/other.*no such export/);
    await expect(
      connectNbd({ socketPath, exportName: 'disk', contexts: ['qemu:dirty-bitmap:x'] }),
    ).rejects.toThrow(/no metadata context qemu:dirty-bitmap:x/);
  });

  test('rejects what is under way when the server dies or does not answer in time', async () => {
    await writeFile(join(folder, 'disk.raw'), await readFile(process.execPath));
    serve('-f', 'raw', '-x', 'disk', join(folder, 'disk.raw'));
    const client = await connected('disk');
    const reads = Array.from({ length: 20 }, () => client.read(0, 8 * mib));
    children[0]!.kill('SIGKILL');
    const results = await Promise.allSettled(reads);
    expect(results.at(-1)!.status).toBe('rejected');
    await expect(client.read(0, 512)).rejects.toThrow();

    const silent = createServer(() => undefined);
    await new Promise<void>(resolve => silent.listen(join(folder, 'silent.sock'), resolve));
    await expect(
      connectNbd({ socketPath: join(folder, 'silent.sock'), exportName: '', deadline: 50 }),
    ).rejects.toThrow(/50 ms/);
    silent.close();
  });
});
