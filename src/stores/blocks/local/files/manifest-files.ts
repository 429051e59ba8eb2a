import { access, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../../../objects/object-store.ts';
import { fileSource } from '../../../objects/source.ts';
import { syncFolder, temporaryPrefix, writeDurably } from './durable-file.ts';
import { type LocalManifest, openManifestFile } from './open-manifest.ts';

/** Manifests, one file each, named by snapshot id. */
export interface ManifestFiles {
  /**
   * The caller closes it.
   * @param cachedChunks chunks it keeps in memory, 144 KiB each at most; 4 unless said
   * @throws MalformedFile when the file's directory is damaged
   */
  open(snapshotId: string, cachedChunks?: number): Promise<LocalManifest | undefined>;
  has(snapshotId: string): Promise<boolean>;
  /** Puts the file in place when all its bytes have come, durably. */
  write(snapshotId: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
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

/** The object that holds a manifest where files are kept in a bucket too. */
export function manifestKey(snapshotId: string): string {
  return `manifests/${snapshotId}${extension}`;
}

/**
 * @param objects where a manifest is put before it is here, and removed before it is removed here: one that can be read
 * here is there too, unless its removal was cut off, and is repeated
 */
export function manifestFiles(folder: string, objects?: ObjectStore): ManifestFiles {
  const pathOf = (snapshotId: string) => {
    if (!isSnapshotId(snapshotId)) throw new Error(`${JSON.stringify(snapshotId)} is not a snapshot id`);
    return join(folder, snapshotId + extension);
  };
  return {
    open: async (snapshotId, cachedChunks = 4) =>
      openManifestFile(pathOf(snapshotId), snapshotId, cachedChunks),
    async has(snapshotId) {
      return access(pathOf(snapshotId)).then(
        () => true,
        () => false,
      );
    },
    write: (snapshotId, bytes) =>
      writeDurably(pathOf(snapshotId), bytes, async temporary => {
        const source = objects && (await fileSource(temporary));
        if (source) await objects.put(manifestKey(snapshotId), source, { ifAbsent: true });
      }),
    async remove(snapshotId) {
      const path = pathOf(snapshotId);
      await objects?.delete(manifestKey(snapshotId));
      await rm(path, { force: true });
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
