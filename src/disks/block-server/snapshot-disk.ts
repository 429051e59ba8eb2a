import { type BlockReference, blockSize } from '../../domain/manifest.ts';
import { allocation } from '../nbd/protocol.ts';
import type { NbdExport } from '../nbd/server.ts';
import type { StatusExtent } from '../nbd/transmission.ts';
import type { BlockCache } from './block-cache.ts';

type MaybePromise<T> = T | Promise<T>;

/** What a disk needs of a manifest. */
export interface SnapshotBlocks {
  /** Bytes. */
  readonly volumeSize: number;
  /** At once where it is in memory, else a promise. */
  at(index: number): MaybePromise<BlockReference | undefined>;
}

/** Blocks one read fetches at a time. */
const concurrency = 8;
const hole = allocation.hole | allocation.zero;

/** A snapshot as a disk to read. A reader that goes forward finds the next block on its way already. */
export function snapshotDisk(
  manifest: SnapshotBlocks,
  readBlock: (reference: BlockReference) => Promise<Buffer>,
  cache: BlockCache,
): NbdExport {
  let lastBlock = -2;
  const fetch = (reference: BlockReference) =>
    cache.get(`${reference.digest} ${reference.domain}`, () => readBlock(reference));
  const block = (index: number): Promise<Buffer | undefined> | undefined => {
    const found = manifest.at(index);
    return found instanceof Promise ? found.then(later => later && fetch(later)) : found && fetch(found);
  };
  const readAhead = (first: number, last: number) => {
    const sequential = first === lastBlock || first === lastBlock + 1;
    const entered = last !== lastBlock;
    lastBlock = last;
    // What fails here fails again, and is told, when somebody asks for it.
    if (sequential && entered && (last + 1) * blockSize < manifest.volumeSize)
      block(last + 1)?.catch(() => undefined);
  };

  return {
    size: manifest.volumeSize,
    async read(offset, length) {
      const out = Buffer.alloc(length);
      const first = Math.floor(offset / blockSize);
      const last = Math.floor((offset + length - 1) / blockSize);
      const copy = async (index: number) => {
        const bytes = await block(index);
        const start = index * blockSize;
        const from = Math.max(offset, start);
        bytes?.copy(out, from - offset, from - start, Math.min(offset + length, start + blockSize) - start);
      };
      let next = first;
      const worker = async () => {
        while (next <= last) await copy(next++);
      };
      const workers = Promise.all(Array.from({ length: Math.min(concurrency, last - first + 1) }, worker));
      readAhead(first, last);
      await workers;
      return out;
    },
    async blockStatus(offset, length) {
      const extents: StatusExtent[] = [];
      for (let position = offset; position < offset + length; ) {
        const index = Math.floor(position / blockSize);
        const end = Math.min((index + 1) * blockSize, offset + length);
        const flags = (await manifest.at(index)) ? 0 : hole;
        const previous = extents.at(-1);
        if (previous?.flags === flags) previous.length += end - position;
        else extents.push({ length: end - position, flags });
        position = end;
      }
      return extents;
    },
  };
}
