import type { BlockReference } from '../../../domain/manifest.ts';
import { BlockCorrupt, BlockMissing } from '../block-store.ts';
import { unsealBlock } from './block-cipher.ts';
import { MalformedFile } from './byte-reader.ts';
import type { KeyRing } from './key-ring.ts';
import { openPacks } from './open-packs.ts';
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
  const files = openPacks(packsFolder, maxOpen);

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
