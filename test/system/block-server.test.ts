import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockServerCommand } from '../../src/disks/block-server/command.ts';
import { connectNbd } from '../../src/disks/nbd/client.ts';
import { blockSize } from '../../src/domain/manifest.ts';
import { runsOf } from '../../src/stores/blocks/local/formats/recipe-codec.ts';
import {
  type LocalBlockStore,
  openLocalBlockStore,
} from '../../src/stores/blocks/local/local-block-store.ts';
import { blocksOf } from '../support/manifests.ts';

const run = promisify(execFile);
const masterKey = randomBytes(32);
const blocks = 128;
const size = blocks * blockSize;

/** A disk with holes, text and noise. */
function diskOf(seed: string): Buffer {
  const disk = Buffer.alloc(size);
  for (let index = 0; index < blocks; index++) {
    const start = index * blockSize;
    if (index % 3 === 0) disk.fill(`${seed} ${index} `, start, start + blockSize - 4096);
    if (index % 3 === 1)
      createHash('shake256', { outputLength: blockSize })
        .update(`${seed}${index}`)
        .digest()
        .copy(disk, start);
  }
  return disk;
}

describe('the block server', () => {
  let folder: string;
  let socketPath: string;
  let store: LocalBlockStore;
  let server: ChildProcess | undefined;
  const disk = diskOf('first');

  const startServer = async (path = socketPath) => {
    const { argv, stdin } = blockServerCommand({
      blocksFolder: join(folder, 'blocks'),
      socketPath: path,
      masterKey,
    });
    const child = spawn(argv[0]!, argv.slice(1), { stdio: ['pipe', 'inherit', 'pipe'], detached: true });
    child.stdin!.end(stdin);
    return child;
  };
  const answering = async (exportName = 'snap-1') => {
    for (let attempt = 0; ; attempt++) {
      const client = await connectNbd({ socketPath, exportName }).catch((error: Error) => {
        if (attempt === 100) throw error;
      });
      if (client) return client;
      await delay(50);
    }
  };
  const save = async (snapshotId: string, bytes: Buffer) => {
    const session = await store.openSession(`for-${snapshotId}`, 'a domain');
    for (let index = 0; index < blocks; index++)
      await session.put(index, bytes.subarray(index * blockSize, (index + 1) * blockSize));
    await session.commit({ snapshotId, volumeSize: size });
  };
  const kill = async (signal: NodeJS.Signals) => {
    const exited = once(server!, 'exit');
    server!.kill(signal);
    const [code] = await exited;
    server = undefined;
    return code;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'amity-'));
    socketPath = join(folder, 'nbd.sock');
    store = await openLocalBlockStore({ folder: join(folder, 'blocks'), masterKey });
    await save('snap-1', disk);
    await writeFile(join(folder, 'disk.raw'), disk);
    server = await startServer();
    await (await answering()).close();
  });
  afterAll(async () => {
    if (server) await kill('SIGKILL');
    await store.close();
    await rm(folder, { recursive: true });
  });

  const nbd = (exportName: string) =>
    JSON.stringify({
      driver: 'raw',
      file: { driver: 'nbd', server: { type: 'unix', path: socketPath }, export: exportName },
    });
  const convertedEquals = async (source: string, expected: Buffer) => {
    const out = join(folder, 'out.raw');
    await run('/usr/bin/qemu-img', ['convert', '-O', 'raw', source, out]);
    const file = await open(out);
    expect((await file.readFile()).equals(expected)).toBe(true);
    await file.close();
    await rm(out);
  };

  test('QEMU reads a snapshot byte for byte, and sees its holes', async () => {
    await convertedEquals(`json:${nbd('snap-1')}`, disk);
    const { stdout } = await run('/usr/bin/qemu-img', ['map', '--output=json', `json:${nbd('snap-1')}`]);
    const map = JSON.parse(stdout) as { start: number; length: number; data: boolean; zero: boolean }[];
    const holes = map.filter(extent => extent.zero);
    expect(holes.map(extent => extent.start / blockSize)).toEqual(
      Array.from({ length: blocks }, (_, index) => index).filter(index => index % 3 === 2),
    );
    expect(map.reduce((sum, extent) => sum + extent.length, 0)).toBe(size);
    await run('/usr/bin/qemu-img', ['compare', `json:${nbd('snap-1')}`, join(folder, 'disk.raw')]);
  });

  test('nbdinfo and nbdcopy of libnbd agree', async () => {
    const uri = `nbd+unix:///snap-1?socket=${socketPath}`;
    const { stdout } = await run('/usr/bin/nbdinfo', ['--json', uri]);
    const [exported] = (JSON.parse(stdout) as { exports: Record<string, unknown>[] }).exports;
    expect(exported).toMatchObject({
      'export-name': 'snap-1',
      'export-size': size,
      is_read_only: true,
      can_multi_conn: true,
    });
    expect(exported!.contexts).toEqual(['base:allocation']);
    await run('/usr/bin/nbdcopy', [uri, join(folder, 'copy.raw')]);
    await run('/usr/bin/qemu-img', [
      'compare',
      '-f',
      'raw',
      '-F',
      'raw',
      join(folder, 'copy.raw'),
      join(folder, 'disk.raw'),
    ]);
    const list = await run('/usr/bin/nbdinfo', ['--list', '--json', `nbd+unix://?socket=${socketPath}`]);
    expect(
      (JSON.parse(list.stdout) as { exports: { 'export-name': string }[] }).exports.map(
        e => e['export-name'],
      ),
    ).toContain('snap-1');
  });

  test('backs an overlay, and serves the same bytes after it was killed and started again', async () => {
    const overlay = join(folder, 'overlay.qcow2');
    await run('/usr/bin/qemu-img', [
      'create',
      '-q',
      '-f',
      'qcow2',
      '-o',
      'cluster_size=65536',
      overlay,
      String(size),
    ]);
    const node = JSON.stringify({
      driver: 'qcow2',
      file: { driver: 'file', filename: overlay },
      backing: JSON.parse(nbd('snap-1')),
    });
    // A write into the overlay reads the rest of its cluster from the snapshot.
    await run('/usr/bin/qemu-io', ['-c', 'write -P 7 700000 1000', `json:${node}`]);
    const expected = Buffer.from(disk);
    expected.fill(7, 700_000, 701_000);
    await convertedEquals(`json:${node}`, expected);
    await kill('SIGKILL');
    server = await startServer();
    await (await answering()).close();
    await convertedEquals(`json:${node}`, expected);
  });

  test('a reader that waits for its reconnection goes on where it was', async () => {
    const patient = JSON.stringify({
      driver: 'raw',
      file: {
        driver: 'nbd',
        server: { type: 'unix', path: socketPath },
        export: 'snap-1',
        'reconnect-delay': 60,
      },
    });
    const reader = spawn('/usr/bin/qemu-io', ['-r', `json:${patient}`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let printed = '';
    const until = async (text: RegExp) => {
      while (!text.test(printed)) printed += String((await once(reader.stdout, 'data'))[0]);
      printed = '';
    };
    reader.stdin.write('read 0 65536\n');
    await until(/read 65536\/65536/);
    await kill('SIGKILL');
    reader.stdin.write(`read ${30 * blockSize} 65536\n`);
    server = await startServer();
    await until(/read 65536\/65536/);
    reader.stdin.end('quit\n');
    await once(reader, 'exit');
  });

  test('serves a snapshot made after it started, refuses one that is not there, and forgets a deleted one', async () => {
    await expect(connectNbd({ socketPath, exportName: 'snap-2' })).rejects.toThrow(/no such export/);
    await expect(connectNbd({ socketPath, exportName: '../snap-1' })).rejects.toThrow(/no such export/);
    const second = diskOf('second');
    await save('snap-2', second);
    await convertedEquals(`json:${nbd('snap-2')}`, second);
    await store.deleteManifest('snap-2');
    await expect(connectNbd({ socketPath, exportName: 'snap-2' })).rejects.toThrow(/no such export/);
  });

  test('goes on while the store is closed, collected and opened again', async () => {
    await store.collectGarbage();
    await store.close();
    const client = await answering();
    expect((await client.read(0, size)).equals(disk)).toBe(true);
    store = await openLocalBlockStore({ folder: join(folder, 'blocks'), masterKey });
    await save('snap-3', diskOf('third'));
    expect((await client.read(blockSize, blockSize)).equals(disk.subarray(blockSize, 2 * blockSize))).toBe(
      true,
    );
    await client.close();
    await convertedEquals(`json:${nbd('snap-3')}`, diskOf('third'));
  });

  test('a second one on the same socket gives up, and SIGTERM ends the first in order', async () => {
    const second = await startServer();
    let said = '';
    second.stderr!.on('data', text => {
      said += text;
    });
    expect((await once(second, 'close'))[0]).toBe(1);
    expect(said).toMatch(/Another server answers/);
    expect(await kill('SIGTERM')).toBe(0);
    server = await startServer();
    await (await answering()).close();
  });

  test('a corrupt block is an I/O error for its reader alone, logged by name', async () => {
    const { pack, offset } = await brokenBlock();
    // A server that has not read it yet, and tries to ahead of its reader: it was part of earlier boots.
    await kill('SIGTERM');
    server = await startServer();
    const client = await answering();
    const logged = once(server!.stderr!, 'data');
    await expect(client.read(blockSize, 512)).rejects.toThrow(/EIO/);
    expect(String((await logged)[0])).toMatch(/is corrupt/);
    expect((await client.read(0, 512)).equals(disk.subarray(0, 512))).toBe(true);
    await client.close();
    await repair(pack, offset);
  });

  const flip = async (pack: number, offset: number) => {
    const file = await open(join(folder, 'blocks', 'packs', `${String(pack).padStart(8, '0')}.pack`), 'r+');
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, offset);
    await file.write(Buffer.from([byte[0]! ^ 255]), 0, 1, offset);
    await file.close();
  };
  const repair = flip;
  const brokenBlock = async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const { digest } = (await blocksOf(store, 'snap-1')).get(1)!;
    const db = new DatabaseSync(join(folder, 'blocks', 'index.sqlite'), { readOnly: true });
    const block = db.prepare('SELECT recipe FROM blocks WHERE digest = ?').get(Buffer.from(digest, 'hex'))!;
    const [run] = runsOf(block.recipe as Uint8Array);
    const row = db.prepare('SELECT pack, offset FROM segments WHERE id = ?').get(run!.segment)!;
    db.close();
    const place = { pack: row.pack as number, offset: (row.offset as number) + 5_000 };
    await flip(place.pack, place.offset);
    return place;
  };
});
