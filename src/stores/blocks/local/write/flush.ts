import { encodeRecipeBatch, maxBatchEntries, type RecipeEntry } from '../formats/recipe-batch.ts';
import type { BlockIndex } from '../index/block-index.ts';
import type { IndexedSegment } from '../index/segment-index.ts';
import type { PackWriter } from './pack-writer.ts';
import type { UnflushedBlock } from './unflushed.ts';

/** Rows written before others get a turn: a few milliseconds' worth. */
const rowsAtATime = 100;

export type CompleteBlock = UnflushedBlock & { recipe: Buffer };

export interface FlushOptions {
  index: BlockIndex;
  packs: PackWriter;
  /** Segments written and not listed yet. */
  segments: readonly IndexedSegment[];
  /** Blocks that name only listed ones and these. */
  blocks: readonly CompleteBlock[];
  /** Throws when the index has been rolled back meanwhile. */
  check(): void;
  /** The index lists the block now. */
  onListed(block: CompleteBlock): void;
}

/**
 * Writes the blocks' recipes, makes all bytes durable, and lists segments, then blocks. Whoever commits the index between
 * two steps does no harm: each row's bytes, and the rows it relies on, are there before it.
 */
export async function flushToIndex({ index, packs, segments, blocks, check, onListed }: FlushOptions) {
  const homes = new Map<CompleteBlock, number>();
  const domains = Map.groupBy(blocks, ({ reference }) => reference.domain);
  for (const [domain, members] of domains)
    for (let start = 0; start < members.length; start += maxBatchEntries) {
      const part = members.slice(start, start + maxBatchEntries);
      const { pack } = await packs.append('batch', encodeRecipeBatch(domain, part.map(entryOf)));
      for (const block of part) homes.set(block, pack);
    }
  await packs.sync();
  check();
  index.begin();
  for (const pack of new Set([...segments.map(({ pack }) => pack), ...homes.values()])) index.addPack(pack);
  await inSlices(segments, segment => {
    check();
    index.begin();
    index.segments.add(segment);
  });
  await inSlices(blocks, block => {
    check();
    index.addBlock(block.reference.domain, entryOf(block), homes.get(block)!);
    onListed(block);
  });
  check();
}

function entryOf({ reference, cost, recipe }: CompleteBlock): RecipeEntry {
  return { digest: reference.digest, cost, recipe };
}

async function inSlices<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (const [position, item] of items.entries()) {
    if (position > 0 && position % rowsAtATime === 0) await new Promise(resolve => setImmediate(resolve));
    work(item);
  }
}
