import { blockSize } from '../../domain/manifest.ts';
import type { Run } from '../../stores/blocks/local/formats/recipe.ts';
import { allocation } from '../nbd/protocol.ts';
import type { NbdExport } from '../nbd/server.ts';
import type { StatusExtent } from '../nbd/transmission.ts';
import { type BlockPlan, eachPiece, type SnapshotBlocks } from './block-plan.ts';
import type { Reader, SegmentCache } from './segment-cache.ts';

/** Blocks one read fetches at a time. */
const concurrency = 8;
/** An answer of more pieces is put together here: each holds on to a whole segment while it waits to be sent. */
const maxPieces = 8;
const hole = allocation.hole | allocation.zero;
const zeroes = Buffer.alloc(blockSize);

export interface SnapshotDiskOptions {
  blocks: SnapshotBlocks;
  plan: BlockPlan;
  cache: SegmentCache;
  reader: Reader;
  /** Told of every read, before it is answered. */
  onRead?(offset: number, length: number): void;
}

/** A snapshot as a disk to read: what is in memory at once and uncopied, the rest when it was fetched. */
export function snapshotDisk(options: SnapshotDiskOptions): NbdExport {
  const { blocks, plan, cache, reader, onRead } = options;

  const fromMemory = (offset: number, length: number): Buffer[] | undefined => {
    const parts: Buffer[] = [];
    for (let at = offset, end = offset + length; at < end; ) {
      const index = Math.floor(at / blockSize);
      const start = index * blockSize;
      const upTo = Math.min(end, start + blockSize);
      const block = plan.known(index);
      if (!block) return undefined;
      const found = eachPiece(block, at - start, upTo - start, (run, from, count) => {
        const segment = run ? cache.find(block.domain, run.segment, reader) : zeroes;
        if (segment) parts.push(segment.subarray(from, from + count));
        return segment !== undefined;
      });
      if (!found) return undefined;
      at = upTo;
    }
    return parts.length > maxPieces ? [Buffer.concat(parts)] : parts;
  };

  /** Copies each piece as its segment arrives, so that no more segments are held than are being fetched. */
  const fetched = async (offset: number, length: number): Promise<Buffer[]> => {
    const out = Buffer.alloc(length);
    const copyBlock = async (index: number) => {
      const start = index * blockSize;
      const first = Math.max(offset, start) - start;
      const block = await plan.find(index);
      const copies: Promise<void>[] = [];
      let target = start + first - offset;
      eachPiece(block, first, Math.min(offset + length - start, blockSize), (run, from, count) => {
        if (run) copies.push(copy(block.domain, run, from, count, target));
        target += count;
        return true;
      });
      await Promise.all(copies);
    };
    const copy = async (domain: string, run: Run, from: number, count: number, target: number) => {
      const segment = await cache.get(domain, run.segment, reader);
      if (segment.copy(out, target, from, from + count) !== count)
        throw new Error(`Segment ${run.segment} of key domain ${domain} has ${segment.length} bytes only`);
    };
    const last = Math.floor((offset + length - 1) / blockSize);
    let next = Math.floor(offset / blockSize);
    const worker = async () => {
      while (next <= last) {
        const index = next++;
        await copyBlock(index).catch(({ message, cause }: Error) => {
          throw new Error(`Block ${index} of ${blocks.snapshotId} cannot be read: ${message}`, { cause });
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, last - next + 1) }, worker));
    return [out];
  };

  return {
    size: blocks.volumeSize,
    read(offset, length) {
      onRead?.(offset, length);
      return fromMemory(offset, length) ?? fetched(offset, length);
    },
    async blockStatus(offset, length) {
      const extents: StatusExtent[] = [];
      for (let position = offset; position < offset + length; ) {
        const index = Math.floor(position / blockSize);
        const end = Math.min((index + 1) * blockSize, offset + length);
        const found = blocks.at(index);
        const flags = (found instanceof Promise ? await found : found) ? 0 : hole;
        const previous = extents.at(-1);
        if (previous?.flags === flags) previous.length += end - position;
        else extents.push({ length: end - position, flags });
        position = end;
      }
      return extents;
    },
  };
}
