import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { MalformedFile } from '../formats/byte-reader.ts';
import { syncFolder } from './durable-file.ts';
import { openPacks, packPath } from './open-packs.ts';
import { type PackFile, PackMissing, type PackStorage } from './pack-storage.ts';

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

function packFile(file: FileHandle): PackFile {
  return {
    async write(bytes, offset) {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
    },
    sync: () => file.datasync(),
    async seal() {
      await file.sync();
      await file.close();
    },
    async abandon() {
      await file.close().catch(() => undefined);
    },
  };
}

async function readExactly(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0)
      throw new MalformedFile(`File ends at byte ${offset + done}, inside what was asked for`);
    done += bytesRead;
  }
  return bytes;
}
