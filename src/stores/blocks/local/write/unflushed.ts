import type { BlockReference } from '../../../../domain/manifest.ts';
import type { Run } from '../formats/recipe.ts';
import { encodeRecipe, runsOf } from '../formats/recipe-codec.ts';
import type { DomainKeys } from '../keys/domain-keys.ts';
import type { SegmentUser } from './segment-writer.ts';

/** A block on its way into the index. */
export interface UnflushedBlock extends SegmentUser {
  reference: BlockReference;
  /** Segments it names that are not written yet. */
  segments: Set<number>;
  /** Stored bytes it adds, as far as they are written. */
  cost: number;
  /** Set once its pages have their places. */
  recipe?: Buffer;
  /** Its pages have their places, or it failed. */
  placed: Promise<void>;
  settle: { resolve(): void; reject(error: unknown): void };
}

export function unflushedBlock(reference: BlockReference): UnflushedBlock {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Whoever put the block hears of a failure by itself; only those who join it wait here.
  promise.catch(() => undefined);
  return {
    reference,
    segments: new Set(),
    cost: 0,
    placed: promise,
    settle: { resolve, reject },
    onWritten(segment, share) {
      this.segments.delete(segment);
      this.cost += share;
    },
  };
}

export function place(block: UnflushedBlock, runs: readonly Run[], keys: DomainKeys): void {
  block.recipe = encodeRecipe(block.reference, runs, keys.recipe);
  block.settle.resolve();
}

/** Whether everything its recipe names is written. */
export function isComplete(block: UnflushedBlock): block is UnflushedBlock & { recipe: Buffer } {
  return block.recipe !== undefined && block.segments.size === 0;
}

/** Segments a block names. */
export function segmentsOf({ recipe }: UnflushedBlock): number[] {
  return recipe ? runsOf(recipe).map(({ segment }) => segment) : [];
}
