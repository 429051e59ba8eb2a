import { type FileHandle, open } from 'node:fs/promises';
import type { BlockReference } from '../../../domain/manifest.ts';
import { BlockCorrupt, BlockMissing } from '../block-store.ts';
import { unsealBlock } from './block-cipher.ts';
import { MalformedFile } from './byte-reader.ts';
import type { KeyRing } from './key-ring.ts';
import { type Location, packPath, readExactly } from './pack-files.ts';

export interface BlockReader {
  /** @throws BlockMissing, BlockCorrupt */
  read(reference: BlockReference): Promise<Buffer>;
  /** Closes the pack's file, which is about to be removed. */
  forget(pack: number): Promise<void>;
  close(): Promise<void>;
}

export interface BlockReaderOptions {
  packsFolder: string;
  keys: KeyRing;
  find(reference: BlockReference): Location | undefined;
  /** Looks again, where `find` may know only an older index. */
  findAgain(reference: BlockReference): Location | undefined;
  /** Pack files kept open. */
  maxOpen?: number;
}

/** Reads blocks out of packs. */
export function blockReader({
  packsFolder,
  keys,
  find,
  findAgain,
  maxOpen = 64,
}: BlockReaderOptions): BlockReader {
  const files = openFiles(packsFolder, maxOpen);

  const readAt = async (reference: BlockReference, location: Location, dataKey: Buffer) => {
    const where = `${packPath(packsFolder, location.pack)} at byte ${location.offset}`;
    try {
      const stored = await files.use(location.pack, file =>
        readExactly(file, location.offset, location.length),
      );
      return await unsealBlock(reference, stored, dataKey, where);
    } catch (error) {
      if (error instanceof MalformedFile)
        throw new BlockCorrupt(reference.domain, reference.digest, where, error);
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new BlockMissing(
          reference.domain,
          reference.digest,
          `its pack ${packPath(packsFolder, location.pack)} is gone`,
        );
      throw error;
    }
  };

  return {
    async read(reference) {
      const missing = (why: string) => new BlockMissing(reference.domain, reference.digest, why);
      const location = find(reference) ?? findAgain(reference);
      if (!location) throw missing('the index does not list it');
      const dataKey = await keys.find(reference.domain);
      if (!dataKey) throw missing('its key domain has no data key');
      try {
        return await readAt(reference, location, dataKey);
      } catch (error) {
        // Packing may have moved the block since the index was asked.
        if (!(error instanceof BlockMissing)) throw error;
        const moved = findAgain(reference);
        if (!moved || (moved.pack === location.pack && moved.offset === location.offset)) throw error;
        return await readAt(reference, moved, dataKey);
      }
    },
    forget: files.forget,
    close: files.close,
  };
}

/** Files of the packs read last; one that is in use is closed only afterwards. */
function openFiles(folder: string, limit: number) {
  const entries = new Map<number, { file: Promise<FileHandle>; users: number; dropped: boolean }>();
  type Entry = typeof entries extends Map<number, infer E> ? E : never;
  const closeUnused = async (entry: Entry) => {
    if (entry.dropped && entry.users === 0) await (await entry.file).close();
  };
  const drop = async (pack: number) => {
    const entry = entries.get(pack);
    if (!entry) return;
    entries.delete(pack);
    entry.dropped = true;
    await closeUnused(entry).catch(() => undefined);
  };
  return {
    async use<T>(pack: number, work: (file: FileHandle) => Promise<T>): Promise<T> {
      const entry = entries.get(pack) ?? {
        file: open(packPath(folder, pack), 'r'),
        users: 0,
        dropped: false,
      };
      entry.users++;
      entry.file.catch(() => undefined);
      // Set anew, so that the map's order is that of last use.
      entries.delete(pack);
      if (!entry.dropped) entries.set(pack, entry);
      try {
        if (entries.size > limit) await drop(entries.keys().next().value!);
        return await work(await entry.file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') entries.delete(pack);
        throw error;
      } finally {
        entry.users--;
        if (entry.users === 0 && entry.dropped) await closeUnused(entry).catch(() => undefined);
      }
    },
    forget: drop,
    async close() {
      await Promise.all([...entries.keys()].map(drop));
    },
  };
}
