import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Puts a whole file, whose bytes may come piece by piece, in place so that a crash leaves the old one or the new one, and
 * returning means it is on disk.
 * @param before called when all bytes are in a temporary file, on disk; the file is put in place only once it has succeeded
 */
export async function writeDurably(
  path: string,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  before?: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(
    dirname(path),
    `${temporaryPrefix}${basename(path)}.${randomBytes(6).toString('hex')}`,
  );
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await before?.(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Files that begin so were being written when the program died. */
export const temporaryPrefix = '.tmp-';

/** A new or removed name is on disk only when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
