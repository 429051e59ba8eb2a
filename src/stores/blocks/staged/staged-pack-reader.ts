import { join } from 'node:path';
import type { ObjectStore } from '../../objects/object-store.ts';
import { readFrom } from '../local/files/pack-file.ts';
import { PackMissing, type PackReader } from '../local/files/pack-storage.ts';
import { MalformedFile } from '../local/formats/byte-reader.ts';
import { joinedReads } from './joined-reads.ts';
import { ownBytes, packsThere } from './packs-there.ts';
import { packName, type Stage } from './staging-folder.ts';
import { packKey } from './uploads.ts';

/** In the order a pack goes through them, so that one that moves on meanwhile is met again. */
const stages: readonly Stage[] = ['pack', 'sealed', 'repack', 'rewritten'];

export interface StagedPackReaderOptions {
  /** Closed with the reader. */
  objects: ObjectStore;
  /** What errors call the bucket: its URL. */
  name: string;
  /** The staging folder of the process that writes. */
  folder: string;
}

/** Packs as another process than the one that writes them finds them: in its staging folder, or in the bucket. */
export function stagedPackReader({ objects, name, folder }: StagedPackReaderOptions): PackReader {
  const describe = (pack: number) => `${name}/${packKey(pack)}`;
  const there = joinedReads(packsThere(objects, describe));
  /** Packs the bucket was seen to have; those go first, since most are there. */
  const inBucket = new Set<number>();

  const here = async (pack: number, offset: number, length: number): Promise<Buffer | undefined> => {
    for (const stage of stages)
      try {
        return await readFrom(join(folder, `${packName(pack)}.${stage}`), offset, length);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    return undefined;
  };
  const inEither = async (pack: number, offset: number, length: number) => {
    const staged = await here(pack, offset, length);
    if (staged) return staged;
    const bytes = await there(pack, offset, length);
    inBucket.add(pack);
    return bytes;
  };

  return {
    async read(pack, offset, length) {
      if (!inBucket.has(pack)) return ownBytes(await inEither(pack, offset, length));
      try {
        return ownBytes(await there(pack, offset, length));
      } catch (error) {
        // It may have been brought back to this machine to be changed.
        if (!(error instanceof PackMissing || error instanceof MalformedFile)) throw error;
        inBucket.delete(pack);
        return ownBytes(await inEither(pack, offset, length));
      }
    },
    describe,
    close: () => objects.close(),
  };
}
