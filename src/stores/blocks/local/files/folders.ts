import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder, temporaryPrefix } from './durable-file.ts';

/** Where a block store keeps what: `DATA/<region>/blocks/…`. */
export interface StoreFolders {
  root: string;
  index: string;
  lock: string;
  packs: string;
  manifests: string;
  /** Boot profiles, written by the block server too. */
  profiles: string;
  keys: string;
}

export function storeFolders(root: string): StoreFolders {
  return {
    root,
    index: join(root, 'index.sqlite'),
    lock: join(root, 'writer.lock'),
    packs: join(root, 'packs'),
    manifests: join(root, 'manifests'),
    profiles: join(root, 'profiles'),
    keys: join(root, 'keys'),
  };
}

/** Makes the folders, durably, and removes what a crash left half-written. */
export async function prepareFolders(folders: StoreFolders): Promise<void> {
  for (const folder of [folders.root, folders.packs, folders.manifests, folders.profiles, folders.keys]) {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made) await syncFolder(dirname(folder));
  }
}

/** Removes temporary files; only for the one writer. */
export async function removeTemporaries(folders: StoreFolders): Promise<void> {
  for (const folder of [folders.manifests, folders.profiles, folders.keys])
    for (const name of await readdir(folder))
      if (name.startsWith(temporaryPrefix)) await rm(join(folder, name), { force: true });
}
