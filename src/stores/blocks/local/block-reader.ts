import { type BlockReference, blockSize } from '../../../domain/manifest.ts';
import { ObjectStoreFailed } from '../../objects/object-store.ts';
import { BlockCorrupt, BlockMissing } from '../block-store.ts';
import { pageSize, pagesPerBlock, type Run } from './recipe.ts';
import { asBuffer, type SegmentReader } from './segment-reader.ts';
import { SegmentCorrupt, SegmentMissing } from './segment-source.ts';

/** Segments kept a moment: what one block has of them, the next often has more of (24 MiB). */
const maxKept = 48;
const keptMs = 10_000;

export interface BlockReader {
  /** The plain bytes of a block; its segments' tags and its digest are checked. @throws BlockMissing, BlockCorrupt */
  read(reference: BlockReference): Promise<Buffer>;
  /** Drops the plain pages it keeps. */
  forget(): void;
  close(): void;
}

export interface BlockReaderOptions {
  segments: SegmentReader;
  /** SHA-256 of bytes that may be handed to another thread and back. */
  hash(bytes: Uint8Array<ArrayBuffer>): Promise<{ bytes: Uint8Array<ArrayBuffer>; digest: string }>;
}

/** Puts blocks together from the pages of segments. */
export function blockReader({ segments, hash }: BlockReaderOptions): BlockReader {
  const kept = new Map<string, Promise<Buffer>>();
  let idle: NodeJS.Timeout | undefined;

  const segment = (domain: string, number: number): Promise<Buffer> => {
    const key = `${number} ${domain}`;
    const reading = kept.get(key) ?? segments.segment(domain, number);
    // Set anew, so that the map's order is that of last use.
    kept.delete(key);
    kept.set(key, reading);
    reading.catch(() => kept.get(key) === reading && kept.delete(key));
    if (kept.size > maxKept) kept.delete(kept.keys().next().value!);
    idle ??= setTimeout(() => kept.clear(), keptMs).unref();
    idle.refresh();
    return reading;
  };

  const assemble = async ({ domain }: BlockReference, runs: readonly Run[]) => {
    const sources = new Map<number, Buffer>();
    await Promise.all(
      [...new Set(runs.map(run => run.segment))].map(async number => {
        sources.set(number, await segment(domain, number));
      }),
    );
    const block = Buffer.allocUnsafeSlow(blockSize) as Buffer<ArrayBuffer>;
    let page = 0;
    for (const run of runs) {
      const source = sources.get(run.segment)!;
      if ((run.from + run.count) * pageSize > source.length)
        throw new SegmentCorrupt(domain, run.segment, 'it has fewer pages than a recipe names');
      block.fill(0, page * pageSize, run.page * pageSize);
      source.copy(block, run.page * pageSize, run.from * pageSize, (run.from + run.count) * pageSize);
      page = run.page + run.count;
    }
    block.fill(0, page * pageSize);
    return hash(block);
  };

  const whole = async ({ domain }: BlockReference, number: number) => {
    const { plain, digest } = await segments.digested(domain, number);
    return { bytes: plain, digest };
  };

  return {
    async read(reference) {
      const { domain, digest } = reference;
      const runs = await segments.recipe(reference);
      try {
        // A block that is one whole segment is read without a copy, and nobody else is likely to want that segment.
        const only = runs.length === 1 && runs[0]!.count === pagesPerBlock ? runs[0] : undefined;
        const isKept = only && kept.has(`${only.segment} ${domain}`);
        const found =
          only && !isKept ? await whole(reference, only.segment) : await assemble(reference, runs);
        if (found.digest !== digest)
          throw new BlockCorrupt(
            domain,
            digest,
            `segments ${runs.map(run => run.segment).join(', ')}: its bytes do not match its digest`,
          );
        return asBuffer(found.bytes);
      } catch (error) {
        if (error instanceof SegmentMissing) throw new BlockMissing(domain, digest, error.message);
        if (error instanceof SegmentCorrupt) throw new BlockCorrupt(domain, digest, error.message, error);
        if (error instanceof ObjectStoreFailed)
          throw new ObjectStoreFailed(`Block ${digest} cannot be read: ${error.message}`, { cause: error });
        throw error;
      }
    },
    forget: () => kept.clear(),
    close() {
      clearTimeout(idle);
      kept.clear();
    },
  };
}
