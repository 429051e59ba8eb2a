import { runsOf } from '../formats/recipe-codec.ts';
import type { BlockIndex } from '../index/block-index.ts';
import type { garbageStatements } from '../index/garbage-statements.ts';
import type { SegmentPlace } from '../index/segment-index.ts';
import type { BlockWriter } from '../write/block-writer.ts';
import { breathe } from './breathe.ts';
import type { Step } from './garbage.ts';
import { segmentMarks } from './segment-marks.ts';

const recipesAtATime = 1_000;
const segmentsAtATime = 1_000;

export interface SegmentGarbageOptions {
  index: BlockIndex;
  writer: BlockWriter;
  statements: ReturnType<typeof garbageStatements>;
  step: Step;
}

/**
 * Forgets segments that no recipe names: not that of a listed block, not that of one on its way. What is put meanwhile
 * may still find a dead segment and revive it; it is told before the sweep comes by.
 * @returns segments removed, and how many bytes of segments live in each pack
 */
export async function sweepSegments({ index, writer, statements, step }: SegmentGarbageOptions) {
  const marks = segmentMarks(writer.lastSegment());
  const watch = writer.watchSegments(marks.mark);
  try {
    for (let window = step(() => statements.recipes(recipesAtATime)); ; ) {
      for (const recipe of window.recipes) for (const { segment } of runsOf(recipe)) marks.mark(segment);
      const { last } = window;
      if (!last) break;
      await breathe();
      window = step(() => statements.recipes(recipesAtATime, last));
    }
    let removed = 0;
    const live = new Map<number, number>();
    for (let after: SegmentPlace | undefined, more = true; more; more = after !== undefined) {
      after = step(() => {
        index.begin();
        const swept = index.segments.sweep(segmentsAtATime, marks.isLive, after);
        index.commit();
        writer.forgetSegments(swept.removed);
        removed += swept.removed.length;
        for (const [pack, length] of swept.live) live.set(pack, (live.get(pack) ?? 0) + length);
        return swept.last;
      });
      await breathe();
    }
    return { removed, live };
  } finally {
    watch.stop();
  }
}
