import { randomBytes } from 'node:crypto';
import { chmod, open, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from './folders.ts';

/** The data folder cannot be used; the message is for the operator and names the remedy. */
export class DataFolderUnusable extends Error {
  override name = 'DataFolderUnusable';
}

/** A data folder that no other server can open until it is released. */
export interface DataFolder {
  readonly path: string;
  release(): void;
}

const lockName = 'lock';

/**
 * Makes the data folder if there is none, for its owner alone, and locks it. The kernel holds the lock for this process:
 * however it ends, the folder is free.
 * @throws DataFolderUnusable
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  try {
    await makeFolder(path);
    await closeToOthers(path);
    const lock = takeLock(path);
    try {
      await tryWriting(path);
    } catch (error) {
      lock.close();
      throw error;
    }
    return { path, release: () => lock.isOpen && lock.close() };
  } catch (error) {
    throw explain(error, path);
  }
}

/** Closes a folder of ours, or an empty one; what else may be in it is not ours to lock others out of. */
async function closeToOthers(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  const names = await readdir(path);
  if (names.length > 0 && !names.includes(lockName))
    throw new DataFolderUnusable(
      `${path} holds other files and is open to others: choose another data folder, or chmod 700 '${path}'.`,
    );
  await chmod(path, 0o700);
}

/**
 * An SQLite transaction that is never ended: SQLite locks with fcntl, which child processes do not inherit, unlike flock.
 * Nothing else may open the file in this process, for closing it would drop the lock.
 */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(join(path, lockName), { timeout: 0 });
  try {
    // Nothing is ever written, so there is nothing to keep in a file beside it.
    lock.exec('pragma journal_mode = memory; begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Finds a full disk now and not in the middle of the first request. */
async function tryWriting(path: string): Promise<void> {
  const probe = join(path, `.probe-${randomBytes(4).toString('hex')}`);
  try {
    await using handle = await open(probe, 'wx', 0o600);
    await handle.writeFile(Buffer.alloc(64 * 1024));
    await handle.sync();
  } finally {
    await rm(probe, { force: true });
  }
}

const unwritable = (path: string) =>
  `The data folder ${path} cannot be written: give this user write permission, or choose another.`;
const full = (path: string) =>
  `The disk of the data folder ${path} is full: free some space, or choose another.`;
const notFolder = (path: string) => `The data folder ${path} is not a folder: choose another.`;

const sentences = new Map<string | number, (path: string) => string>([
  ['EACCES', unwritable],
  ['EPERM', unwritable],
  ['EROFS', unwritable],
  ['EEXIST', notFolder],
  ['ENOTDIR', notFolder],
  ['ENOSPC', full],
  ['EDQUOT', full],
  // SQLite's result codes, where the lock was what failed.
  [5, path => `Another Amity server is using the data folder ${path}: stop it first, or choose another.`],
  [8, unwritable],
  [13, full],
  [14, unwritable],
  [26, path => `${join(path, lockName)} is not a lock of Amity: choose another data folder.`],
]);

function explain(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof DataFolderUnusable) return error;
  const code =
    'errcode' in error ? (error.errcode as number) & 0xff : 'code' in error ? String(error.code) : '';
  const sentence = sentences.get(code);
  const text = sentence ? sentence(path) : `The data folder ${path} cannot be used: ${error.message}.`;
  return new DataFolderUnusable(text, { cause: error });
}
