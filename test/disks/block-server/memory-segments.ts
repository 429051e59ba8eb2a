import type { SnapshotBlocks } from '../../../src/disks/block-server/block-plan.ts';
import { type BlockReference, blockSize } from '../../../src/domain/manifest.ts';
import { pageSize, type Run } from '../../../src/stores/blocks/local/formats/recipe.ts';
import type { SegmentSource } from '../../../src/stores/blocks/local/read/segment-source.ts';

/** Segments and recipes in memory: what is fetched is noted, and may be held back or fail. */
export function memorySegments(recipes: ReadonlyMap<number, readonly Run[]>, lastBlock = 63) {
  const fetched: number[] = [];
  let gate: Promise<void> | undefined;
  let failure: Error | undefined;
  const bytesOf = (number: number) => {
    const segment = Buffer.allocUnsafeSlow(blockSize);
    for (let page = 0; page < 128; page++)
      segment.fill(`segment ${number} page ${page} `, page * pageSize, (page + 1) * pageSize);
    return segment;
  };
  const source: SegmentSource = {
    recipe: async ({ digest }) => recipes.get(Number(digest))!,
    async segment(_, number) {
      fetched.push(number);
      await gate;
      if (failure) throw failure;
      return bytesOf(number);
    },
  };
  const blocks: SnapshotBlocks = {
    snapshotId: 'snap-1',
    volumeSize: lastBlock * blockSize + 512,
    at: (index): BlockReference | undefined =>
      recipes.has(index) ? { domain: 'd', digest: String(index) } : undefined,
  };
  return {
    source,
    blocks,
    fetched,
    /** What a read must answer, put together page by page. */
    expected(offset: number, length: number): Buffer {
      const out = Buffer.alloc(length);
      for (let at = offset; at < offset + length; at++) {
        const page = Math.floor((at % blockSize) / pageSize);
        const run = recipes
          .get(Math.floor(at / blockSize))
          ?.find(one => page >= one.page && page < one.page + one.count);
        if (!run) continue;
        const text = `segment ${run.segment} page ${run.from + page - run.page} `;
        out[at - offset] = text.charCodeAt((at % pageSize) % text.length);
      }
      return out;
    },
    /** Fetches wait until what it answers is called. */
    holdBack(): () => void {
      let release!: () => void;
      gate = new Promise(resolve => {
        release = resolve;
      });
      return () => {
        gate = undefined;
        release();
      };
    },
    fail(error: Error | undefined) {
      failure = error;
    },
  };
}

/** A block that is one segment. */
export function whole(segment: number): readonly Run[] {
  return [{ page: 0, count: 128, segment, from: 0 }];
}
