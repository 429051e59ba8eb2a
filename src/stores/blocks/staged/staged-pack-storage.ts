/**
 * Packs in a bucket. A pack is written to a folder of this machine first, where a sync makes it durable, and goes up whole
 * when it is sealed; the file is removed once the bucket has it. What a crash left in the folder goes up after it.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ObjectStore } from '../../objects/object-store.ts';
import { readFrom } from '../local/files/pack-file.ts';
import { type PackFile, PackMissing, type PackStorage } from '../local/files/pack-storage.ts';
import { ownBytes, packsThere } from './packs-there.ts';
import { lateFile, stagedFile } from './staged-file.ts';
import { openStagingFolder } from './staging-folder.ts';
import { isComplete, packKey, packUploads } from './uploads.ts';

export interface StagedPackOptions {
  /** Closed with the storage. */
  objects: ObjectStore;
  /** What errors call the bucket: its URL. */
  name: string;
  /** The staging folder. */
  folder: string;
  /** Bytes at which a pack is sealed: 16 MiB unless a test wants less. */
  target?: number;
}

export async function openStagedPackStorage(options: StagedPackOptions): Promise<PackStorage> {
  const { objects, name, folder, target = 16 * 1024 * 1024 } = options;
  const staging = await openStagingFolder(folder);
  const uploads = packUploads(objects, staging, 3);
  const describe = (pack: number) => `${name}/${packKey(pack)}`;
  for (const pack of staging.packs()) if (isComplete(staging.stage(pack))) uploads.start(pack);

  /** From the staging folder while the pack is there, else from the bucket; in the moment between, from both. */
  const find = async <T>(
    pack: number,
    here: (path: string) => Promise<T>,
    there: () => Promise<T>,
  ): Promise<T> => {
    const path = staging.path(pack);
    if (path === undefined) return there();
    return here(path).catch(error => {
      if (error.code === 'ENOENT' && staging.path(pack) !== path) return find(pack, here, there);
      throw error;
    });
  };
  const bytesThere = packsThere(objects, describe);
  const sizeThere = async (pack: number) => {
    const found = await objects.head(packKey(pack));
    if (!found) throw new PackMissing(describe(pack));
    return found.size;
  };
  const file = (pack: number, handle: FileHandle) =>
    stagedFile(handle, {
      async sealed() {
        await staging.move(pack, staging.stage(pack) === 'pack' ? 'sealed' : 'rewritten');
        uploads.release(pack);
        uploads.start(pack);
      },
      abandoned: () => uploads.release(pack),
    });
  /** To be changed from its first `end` bytes on. */
  const change = async (pack: number, end: number) => {
    const stage = staging.stage(pack);
    if (stage === undefined) {
      const length = Math.min(end, await sizeThere(pack));
      await staging.bringBack(pack, length === 0 ? Buffer.alloc(0) : await bytesThere(pack, 0, length));
    } else if (isComplete(stage)) await staging.move(pack, 'repack');
    const handle = await open(staging.path(pack)!, 'r+');
    try {
      await handle.truncate(end);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return file(pack, handle);
  };
  const size = (pack: number) =>
    find(
      pack,
      async path => (await stat(path)).size,
      () => sizeThere(pack),
    );

  return {
    target,
    settlesSealedPacksOnly: true,
    async list() {
      const packs = new Set(staging.packs());
      for await (const { key } of objects.list('packs/')) {
        const number = /^packs\/(\d{8,15})\.pack$/.exec(key)?.[1];
        if (number) packs.add(Number(number));
      }
      return [...packs];
    },
    async create(pack) {
      if (staging.path(pack) !== undefined || (await objects.head(packKey(pack))))
        throw new Error(`There is a pack ${describe(pack)} already`);
      return file(pack, await staging.create(pack));
    },
    async reopen(pack, end): Promise<PackFile> {
      await uploads.hold(pack);
      const release = () => uploads.release(pack);
      try {
        const stage = staging.stage(pack);
        const asItIs = (stage === undefined || isComplete(stage)) && end === (await size(pack));
        // Changed only once something is written: after a crash most sealed packs are found as they should be.
        return asItIs ? lateFile(() => change(pack, end), release) : await change(pack, end);
      } catch (error) {
        release();
        throw error;
      }
    },
    async read(pack, offset, length) {
      const bytes = await find(
        pack,
        path => readFrom(path, offset, length),
        () => bytesThere(pack, offset, length),
      );
      return ownBytes(bytes);
    },
    size,
    async remove(packs) {
      for (const pack of packs) {
        await uploads.idle(pack);
        await staging.forget(pack);
      }
      if (packs.length > 0) await staging.sync();
      for (const pack of packs) await objects.delete(packKey(pack));
    },
    settle: uploads.settle,
    describe,
    async close() {
      await objects.close();
      await uploads.allIdle();
    },
  };
}
