import { type BlockReference, blockSize, chunkOf } from '../../domain/manifest.ts';
import type { Manifest } from '../../stores/blocks/block-store.ts';
import { pageSize, pagesPerBlock, type Run } from '../../stores/blocks/local/formats/recipe.ts';
import { generations } from './generations.ts';

type MaybePromise<T> = T | Promise<T>;

/** What a disk needs of a manifest. */
export interface SnapshotBlocks {
  readonly snapshotId: string;
  /** Bytes. */
  readonly volumeSize: number;
  /** At once where it is in memory, else a promise. */
  at(index: number): MaybePromise<BlockReference | undefined>;
}

/** The blocks of an open manifest. */
export function snapshotBlocks(manifest: Manifest): SnapshotBlocks {
  return {
    snapshotId: manifest.snapshotId,
    volumeSize: manifest.volumeSize,
    at(index) {
      const chunk = manifest.chunk(chunkOf(index));
      return chunk instanceof Promise ? chunk.then(loaded => loaded.at(index)) : chunk.at(index);
    },
  };
}

/** Where a block's bytes are, its runs ascending by page. No runs: all zeroes. */
export interface PlacedBlock {
  readonly domain: string;
  readonly runs: readonly Run[];
}

/** Where the blocks of one snapshot are: manifest and recipes put together, remembered as far as there is room. */
export interface BlockPlan {
  readonly volumeSize: number;
  /** A block that is remembered. */
  known(index: number): PlacedBlock | undefined;
  find(index: number): Promise<PlacedBlock>;
}

const zeroes: PlacedBlock = { domain: '', runs: [] };
/** Block indexes of the largest volume, 64 TiB. */
const maxBlocks = 2 ** 46 / blockSize;

/**
 * Makes plans that share one bounded memory.
 * @param maxRuns remembered, of all snapshots; one takes some 60 bytes
 */
export function blockPlans(
  recipe: (reference: BlockReference) => Promise<readonly Run[]>,
  maxRuns = 400_000,
) {
  const memory = generations<PlacedBlock>(maxRuns);
  let snapshots = 0;
  return (blocks: SnapshotBlocks): BlockPlan => {
    const first = snapshots++ * maxBlocks;
    const underWay = new Map<number, Promise<PlacedBlock>>();
    const load = async (index: number): Promise<PlacedBlock> => {
      try {
        const reference = await blocks.at(index);
        const placed = reference
          ? { domain: reference.domain, runs: checked(reference, await recipe(reference)) }
          : zeroes;
        memory.set(first + index, placed, placed.runs.length + 1);
        return placed;
      } finally {
        underWay.delete(index);
      }
    };
    return {
      volumeSize: blocks.volumeSize,
      known: index => memory.get(first + index),
      async find(index) {
        const known = memory.get(first + index);
        if (known) return known;
        const loading = underWay.get(index) ?? load(index);
        underWay.set(index, loading);
        return loading;
      },
    };
  };
}

/** Recipes come with a tag; this keeps a mistake of ours from turning into bytes of another place. */
function checked(reference: BlockReference, runs: readonly Run[]): readonly Run[] {
  let end = 0;
  for (const { page, count, from } of runs) {
    if (page < end || count < 1 || page + count > pagesPerBlock || from < 0 || from + count > pagesPerBlock)
      throw new Error(`Block ${reference.digest} of key domain ${reference.domain} has an impossible recipe`);
    end = page + count;
  }
  return runs;
}

/** Bytes `[from, to)` of a block, as pieces of segments and of zeroes, ascending. */
export function eachPiece(
  { runs }: PlacedBlock,
  from: number,
  to: number,
  visit: (run: Run | undefined, start: number, length: number) => boolean,
): boolean {
  let at = from;
  for (const run of runs) {
    const start = run.page * pageSize;
    const end = start + run.count * pageSize;
    if (end <= at) continue;
    if (start >= to) break;
    if (start > at && !visit(undefined, 0, start - at)) return false;
    at = Math.max(at, start);
    const upTo = Math.min(end, to);
    if (!visit(run, run.from * pageSize + at - start, upTo - at)) return false;
    at = upTo;
  }
  return at >= to || visit(undefined, 0, to - at);
}
