import { type BlockReference, blockSize } from '../../../../domain/manifest.ts';
import { ObjectStoreFailed } from '../../../objects/object-store.ts';
import { BlockCorrupt, BlockMissing } from '../../block-store.ts';
import { pageSize, pagesPerBlock, type Run } from '../formats/recipe.ts';
import { keptSegments } from './kept-segments.ts';
import { asBuffer, type SegmentReader } from './segment-reader.ts';
import { SegmentCorrupt, SegmentMissing } from './segment-source.ts';

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
  const kept = keptSegments(segments.segment);

  const assemble = async ({ domain }: BlockReference, runs: readonly Run[]) => {
    const numbers = runs.map(run => run.segment);
    return hash(await kept.use(domain, numbers, sources => blockOf(domain, runs, sources)));
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
        const isKept = only && kept.has(domain, only.segment);
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
    forget: kept.forget,
    close: kept.close,
  };
}

function blockOf(domain: string, runs: readonly Run[], segments: ReadonlyMap<number, Buffer>) {
  const block = Buffer.allocUnsafeSlow(blockSize) as Buffer<ArrayBuffer>;
  let page = 0;
  for (const run of runs) {
    const source = segments.get(run.segment)!;
    if ((run.from + run.count) * pageSize > source.length)
      throw new SegmentCorrupt(domain, run.segment, 'it has fewer pages than a recipe names');
    block.fill(0, page * pageSize, run.page * pageSize);
    source.copy(block, run.page * pageSize, run.from * pageSize, (run.from + run.count) * pageSize);
    page = run.page + run.count;
  }
  return block.fill(0, page * pageSize);
}
