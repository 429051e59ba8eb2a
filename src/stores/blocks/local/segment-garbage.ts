import type { BlockIndex } from './block-index.ts';
import type { BlockWriter } from './block-writer.ts';
import type { garbageStatements } from './garbage-statements.ts';
import { runsOf } from './recipe-codec.ts';
import { segmentMarks } from './segment-marks.ts';

const recipesAtATime = 1_000;
const segmentsAtATime = 500;

export interface SegmentGarbageOptions {
  index: BlockIndex;
  writer: BlockWriter;
  statements: ReturnType<typeof garbageStatements>;
  /** Runs one step; throws where unflushed changes were lost meanwhile. */
  step<T>(work: () => T): T;
}

/**
 * Forgets segments that no recipe names: not that of a listed block, not that of one on its way. What is put meanwhile
 * may still find a dead segment and revive it; it is told before the sweep comes by. @returns segments removed
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
    for (let after: number | undefined = 0; after !== undefined; await breathe()) {
      const from: number = after;
      after = step(() => {
        index.begin();
        const swept = index.segments.sweep(from, segmentsAtATime, marks.isLive);
        index.commit();
        writer.forgetSegments(swept.removed);
        removed += swept.removed.length;
        return swept.last;
      });
    }
    return removed;
  } finally {
    watch.stop();
  }
}

function breathe(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
