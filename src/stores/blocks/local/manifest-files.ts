import { access, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../../domain/manifest.ts';
import { MalformedFile } from './byte-reader.ts';
import { syncFolder, temporaryPrefix, writeDurably } from './durable-file.ts';
import { encodeManifest, type ManifestView, viewManifest } from './manifest-format.ts';

/** Manifests, one file each, named by snapshot id. */
export interface ManifestFiles {
  /** @throws MalformedFile when the file is damaged */
  read(snapshotId: string): Promise<ManifestView | undefined>;
  has(snapshotId: string): Promise<boolean>;
  write(manifest: Manifest): Promise<void>;
  remove(snapshotId: string): Promise<void>;
  /** Manifests that can be read are on disk, also those whose writer died before it made sure. */
  sync(): Promise<void>;
  list(): Promise<string[]>;
}

const extension = '.manifest';

/** Whether it can name a manifest, and so a file. */
export function isSnapshotId(value: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(value);
}

export function manifestFiles(folder: string): ManifestFiles {
  const pathOf = (snapshotId: string) => {
    if (!isSnapshotId(snapshotId)) throw new Error(`${JSON.stringify(snapshotId)} is not a snapshot id`);
    return join(folder, snapshotId + extension);
  };
  return {
    async read(snapshotId) {
      const path = pathOf(snapshotId);
      const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (!bytes) return undefined;
      try {
        const view = viewManifest(bytes);
        if (view.snapshotId !== snapshotId) throw new MalformedFile(`Manifest is that of ${view.snapshotId}`);
        return view;
      } catch (cause) {
        throw new MalformedFile(`${path}: ${(cause as Error).message}`, { cause });
      }
    },
    async has(snapshotId) {
      return access(pathOf(snapshotId)).then(
        () => true,
        () => false,
      );
    },
    write: manifest => writeDurably(pathOf(manifest.snapshotId), encodeManifest(manifest)),
    async remove(snapshotId) {
      await rm(pathOf(snapshotId), { force: true });
      await syncFolder(folder);
    },
    sync: () => syncFolder(folder),
    async list() {
      return (await readdir(folder))
        .filter(name => name.endsWith(extension) && !name.startsWith(temporaryPrefix))
        .map(name => name.slice(0, -extension.length))
        .sort();
    },
  };
}
