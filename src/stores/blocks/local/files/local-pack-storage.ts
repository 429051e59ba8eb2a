import { open, readdir, rm, stat } from 'node:fs/promises';
import { syncFolder } from './durable-file.ts';
import { openPacks, packPath } from './open-packs.ts';
import { packFile, readExactly } from './pack-file.ts';
import { PackMissing, type PackStorage } from './pack-storage.ts';

const defaultTarget = 64 * 1024 * 1024;

/** Packs in a folder of this machine. @param target bytes at which a pack is sealed: 64 MiB unless a test wants less */
export function localPackStorage(folder: string, { target = defaultTarget, maxOpen = 64 } = {}): PackStorage {
  const files = openPacks(folder, maxOpen);
  const describe = (pack: number) => packPath(folder, pack);
  const orMissing = (pack: number) => (error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new PackMissing(describe(pack), error) : error;
  };

  return {
    target,
    settlesSealedPacksOnly: false,
    async list() {
      return (await readdir(folder)).flatMap(name => {
        const number = /^(\d{8,15})\.pack$/.exec(name)?.[1];
        return number ? [Number(number)] : [];
      });
    },
    async create(pack) {
      const file = await open(describe(pack), 'wx', 0o600);
      try {
        await syncFolder(folder);
      } catch (error) {
        await file.close();
        throw error;
      }
      return packFile(file);
    },
    async reopen(pack, end) {
      const file = await open(describe(pack), 'r+').catch(orMissing(pack));
      try {
        await file.truncate(end);
      } catch (error) {
        await file.close();
        throw error;
      }
      return packFile(file);
    },
    read: (pack, offset, length) =>
      files.use(pack, file => readExactly(file, offset, length)).catch(orMissing(pack)),
    size: pack => stat(describe(pack)).then(({ size }) => size, orMissing(pack)),
    async remove(packs) {
      for (const pack of packs) {
        await files.forget(pack);
        await rm(describe(pack), { force: true });
      }
      if (packs.length > 0) await syncFolder(folder);
    },
    settle: async () => {},
    describe,
    close: files.close,
  };
}
