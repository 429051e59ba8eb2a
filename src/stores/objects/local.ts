/** Objects as files of a folder: a key is its path. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { checkedPiece, compareKeys, keyPrefix, objectKey } from './keys.ts';
import {
  largestWhole,
  ObjectConflict,
  ObjectMissing,
  type ObjectSource,
  type ObjectStore,
  ObjectStoreFailed,
  ObjectTooShort,
  type Piece,
} from './object-store.ts';
import { digestOf, exactly, fileSource, sourceOf } from './source.ts';

/** Names that begin so are files being written: no key begins with a dot. */
const temporaryPrefix = '.tmp-';

/** The folder is made when it is not there. Files that a crash left half written are removed, so one program writes at a time. */
export async function localObjects(path: string): Promise<ObjectStore> {
  const folder = resolve(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await sync(dirname(folder));
  for (const name of await readdir(folder))
    if (name.startsWith(temporaryPrefix)) await rm(join(folder, name));
  const durable = new Set([folder]);
  let closed = false;
  const pathOf = (key: string) => {
    if (closed) throw new ObjectStoreFailed(`The objects in ${folder} were closed`);
    return join(folder, objectKey(key));
  };
  const missing = (key: string) => new ObjectMissing(key, folder);

  return {
    async put(key, content, { ifAbsent = false } = {}) {
      const path = pathOf(key);
      const source = sourceOf(content);
      const temporary = join(folder, `${temporaryPrefix}${randomBytes(8).toString('hex')}`);
      try {
        await writeSynced(temporary, source);
        await makeFolders(dirname(path), durable);
        if (!ifAbsent) await rename(temporary, path);
        else if (!(await linkNew(temporary, path))) {
          if (!(await same(path, source))) throw new ObjectConflict(key, folder);
        }
      } finally {
        await rm(temporary, { force: true });
      }
      // Also after finding the same bytes: whoever wrote them may not have got to this line.
      await sync(dirname(path));
    },
    async get(key, piece) {
      const path = pathOf(key);
      if (piece) checkedPiece(piece);
      const file = await absentAsUndefined(open(path, 'r'));
      if (!file) throw missing(key);
      try {
        return await (piece ? readPiece(file, key, piece) : readWhole(file, key));
      } finally {
        await file.close();
      }
    },
    async head(key) {
      const found = await absentAsUndefined(stat(pathOf(key)));
      return found?.isFile() ? { size: found.size } : undefined;
    },
    async *list(prefix) {
      keyPrefix(prefix);
      const below = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      const entries = await absentAsUndefined(
        readdir(join(folder, below), { recursive: true, withFileTypes: true }),
      );
      const keys = (entries ?? [])
        .filter(entry => entry.isFile() && !entry.name.startsWith(temporaryPrefix))
        .map(entry => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
        .filter(key => key.startsWith(prefix));
      for (const key of keys.sort(compareKeys)) {
        const found = await absentAsUndefined(stat(pathOf(key)));
        if (found) yield { key, size: found.size };
      }
    },
    async delete(key) {
      const path = pathOf(key);
      await rm(path, { force: true });
      await absentAsUndefined(sync(dirname(path)));
    },
    async close() {
      closed = true;
    },
  };
}

async function writeSynced(path: string, source: ObjectSource): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of exactly(source)) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives the file its name; false when that is taken. */
async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function same(path: string, source: ObjectSource): Promise<boolean> {
  const present = await fileSource(path);
  return present.size === source.size && (await digestOf(present)) === (await digestOf(source));
}

/** A new folder is on disk only when the one it is in is. `durable` are those that are, the outermost included. */
async function makeFolders(folder: string, durable: Set<string>): Promise<void> {
  if (durable.has(folder)) return;
  await makeFolders(dirname(folder), durable);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await sync(dirname(folder));
  durable.add(folder);
}

async function sync(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readWhole(file: FileHandle, key: string): Promise<Buffer> {
  const { size } = await file.stat();
  if (size > largestWhole)
    throw new ObjectStoreFailed(`Object ${key} has ${size} bytes, more than are read at once`);
  return readFile(file);
}

async function readPiece(file: FileHandle, key: string, piece: Piece): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(piece.length);
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, piece.offset + done);
    if (bytesRead === 0) throw new ObjectTooShort(key, piece);
    done += bytesRead;
  }
  return bytes;
}

async function absentAsUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
