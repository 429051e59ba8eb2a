import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the header has the size: https://github.com/qemu/qemu/blob/master/docs/interop/qcow2.txt */
const sizeOffset = 24;
const magic = 0x514649fb;

/** The size in bytes a qcow2 file shows its reader; it may be open elsewhere. */
export async function virtualSize(path: string): Promise<number> {
  const handle = await open(path, 'r');
  try {
    const header = Buffer.alloc(sizeOffset + 8);
    const { bytesRead } = await handle.read(header, 0, header.length, 0);
    if (bytesRead < header.length || header.readUInt32BE(0) !== magic)
      throw new Error(`${path} is not a qcow2 file`);
    return Number(header.readBigUInt64BE(sizeOffset));
  } finally {
    await handle.close();
  }
}

/**
 * Grows a qcow2 file that nobody has open. The size in the header is written last, so that a kill leaves the old size
 * or the new one. Dirty bitmaps grow with it; while it is under way they are marked in use, and those a kill (or the
 * death of an earlier process) has left so mean nothing and would forbid it: they are removed, and the next snapshot
 * reads what is allocated instead.
 */
export async function growQcow2(qemuImg: string, path: string, size: number): Promise<void> {
  for (const name of await bitmapsInUse(qemuImg, path))
    await run(qemuImg, ['bitmap', '--remove', '-f', 'qcow2', path, name]);
  await run(qemuImg, ['resize', '-q', '-f', 'qcow2', path, `${size}`]);
}

interface Info {
  'format-specific'?: { data?: { bitmaps?: { name: string; flags: string[] }[] } };
}

/** Bitmaps that their last process has not saved. Fails when one has the file open: its lock says so. */
async function bitmapsInUse(qemuImg: string, path: string): Promise<string[]> {
  const { stdout } = await run(qemuImg, ['info', '-f', 'qcow2', '--output=json', path]);
  const bitmaps = (JSON.parse(stdout) as Info)['format-specific']?.data?.bitmaps ?? [];
  return bitmaps.filter(({ flags }) => flags.includes('in-use')).map(({ name }) => name);
}
