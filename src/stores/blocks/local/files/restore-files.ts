import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../../../objects/object-store.ts';
import { MalformedFile } from '../formats/byte-reader.ts';
import { workQueue } from '../write/queue.ts';
import { writeDurably } from './durable-file.ts';
import type { StoreFolders } from './folders.ts';
import { isSnapshotId } from './manifest-files.ts';

const pieceLength = 8 * 1024 * 1024;
/** Longer than any wrapped key. */
const longestKey = 4_096;
const filesAtOnce = 8;

/**
 * Brings back the wrapped keys and manifests that the bucket has and the folder lacks: those of a lost folder, and those
 * whose commit was cut off between the two. What a key that was destroyed left is brought back in the key's stead.
 */
export async function restoreFiles(objects: ObjectStore, folders: StoreFolders): Promise<void> {
  const inTurn = workQueue(filesAtOnce);
  const bring = (path: string, key: string, size: number) =>
    inTurn(async () => {
      if (!(await isThere(path))) await writeDurably(path, pieces(objects, key, size));
    });

  const keys = new Map<string, Set<string>>();
  for await (const { key, size } of objects.list('keys/')) {
    const [, name, kind] = /^keys\/([0-9a-f]{64})\.(key|gone)$/.exec(key) ?? [];
    if (!name || !kind) continue;
    if (size > longestKey) throw new MalformedFile(`${key} has ${size} bytes: it is no wrapped key`);
    keys.set(name, (keys.get(name) ?? new Set()).add(kind));
    // A key's mark comes before it in the list.
    if (kind === 'gone' || !keys.get(name)!.has('gone'))
      await bring(join(folders.keys, `${name}.${kind}`), key, size);
  }
  for (const [name, kinds] of keys)
    if (kinds.has('gone')) {
      await objects.delete(`keys/${name}.key`);
      await rm(join(folders.keys, `${name}.key`), { force: true });
    }

  const manifests: Promise<void>[] = [];
  for await (const { key, size } of objects.list('manifests/')) {
    const name = /^manifests\/(.+)\.manifest$/.exec(key)?.[1];
    if (name && isSnapshotId(name))
      manifests.push(bring(join(folders.manifests, `${name}.manifest`), key, size));
  }
  const failed = (await Promise.allSettled(manifests)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

async function* pieces(objects: ObjectStore, key: string, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < size; offset += pieceLength)
    yield await objects.get(key, { offset, length: Math.min(pieceLength, size - offset) });
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
