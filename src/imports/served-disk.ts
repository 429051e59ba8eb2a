import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Extent } from '../disks/disk.ts';
import { joined } from '../disks/extents.ts';
import { connectNbd, type NbdClient } from '../disks/nbd/client.ts';
import { blockSize } from '../domain/manifest.ts';
import { socketPath } from '../processes/unix-socket.ts';
import type { DiskInFile } from './formats/disk-in-file.ts';
import { type ImportedDisk, ImportRefused } from './importer.ts';

const exportName = 'disk';
const allocation = 'base:allocation';
/** Set in a `base:allocation` status: https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md */
const readsAsZeroes = 2;
/** Asked about at once, so that a map of many small extents stays bounded. */
const mapStep = 1024 ** 3;
/** Milliseconds a process may take to open a disk. */
const patience = 30_000;

/** Has a qemu-nbd of its own read the disk, confined; it ends when the disk is closed, or with us. */
export async function serveDisk(
  disk: DiskInFile & { path: string },
  options: { confinement: readonly string[]; qemuNbd: string; socket: string },
): Promise<ImportedDisk> {
  const socket = socketPath(options.socket);
  await rm(socket, { force: true });
  const [program = '', ...args] = [
    ...options.confinement,
    ...[options.qemuNbd, '--read-only', '--socket', socket, '--export-name', exportName],
    `json:${JSON.stringify(blockNode(disk))}`,
  ];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  const ended = new Promise<void>(resolve => {
    child.once('error', error => {
      complaints = error.message;
      resolve();
    });
    child.once('close', () => resolve());
  });
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
    await rm(socket, { force: true });
  };
  try {
    const client = await connectedUnless(ended, socket);
    return reader(client, async () => {
      await client.close();
      await end();
    });
  } catch (cause) {
    await end();
    if (!/blk_new_open/.test(complaints))
      throw new Error(`qemu-nbd: ${complaints.trim() || cause}`, { cause });
    throw new ImportRefused('Disk validation failed [The disk could not be opened]', { cause });
  }
}

/** Without backing files; the driver is named at every level, so that nothing is guessed from bytes. */
function blockNode({ driver, path, part }: DiskInFile & { path: string }): object {
  const file = { driver: 'file', filename: path };
  const backing = driver === 'qcow2' || driver === 'vmdk' ? { backing: null } : {};
  return { driver, ...backing, file: part ? { driver: 'raw', ...part, file } : file };
}

/** It listens before it opens the disk: an end of the connection means that it could not. */
async function connectedUnless(ended: Promise<void>, path: string): Promise<NbdClient> {
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  for (const start = Date.now(); ; await delay(25)) {
    try {
      return await connectNbd({ socketPath: path, exportName, contexts: [allocation], deadline: patience });
    } catch (error) {
      const isEarly = /ENOENT|ECONNREFUSED/.test((error as Error).message);
      if (hasEnded || !isEarly || Date.now() - start > patience) throw error;
    }
  }
}

function reader(client: NbdClient, close: () => Promise<void>): ImportedDisk {
  const { size } = client;
  return {
    size,
    read: (offset, length) => client.read(offset, length),
    close,
    /** In whole blocks: a hostile map of the smallest extents would not fit memory. */
    async allocated() {
      const found: Extent[] = [];
      for (let offset = 0; offset < size; ) {
        const end = Math.min(offset + mapStep, size);
        for (const { length, flags } of await client.blockStatus(allocation, offset, end - offset)) {
          if ((flags & readsAsZeroes) === 0) addBlocks(found, offset, Math.min(offset + length, size), size);
          offset += length;
        }
      }
      return joined(found);
    },
  };
}

/** Adds what a range touches, in whole blocks, to ascending extents. */
function addBlocks(extents: Extent[], start: number, end: number, size: number): void {
  const last = extents.at(-1);
  const from = Math.max(Math.floor(start / blockSize) * blockSize, last ? last.offset + last.length : 0);
  const to = Math.min(Math.ceil(end / blockSize) * blockSize, size);
  if (to <= from) return;
  if (last && last.offset + last.length === from) last.length = to - last.offset;
  else extents.push({ offset: from, length: to - from });
}
