import { type PageSet, someOf } from '../../stores/blocks/page-set.ts';
import type { BlockPlan } from './block-plan.ts';
import type { Reader, SegmentCache } from './segment-cache.ts';

/** A block somebody will want, or those of its pages. */
export interface Wanted {
  index: number;
  pages?: PageSet;
}

export interface FetchAheadOptions {
  plan: BlockPlan;
  cache: SegmentCache;
  reader: Reader;
  /** Fetches worth having under way at once, those of guests included: these come first. */
  parallel: number;
  /** Whether nobody wants it any more. */
  stopped(): boolean;
}

/**
 * Fetches what is wanted into the cache, in its order. A read that a guest waits for is never kept waiting: it starts
 * at once whatever is under way here, and for each such read one fetch less is made ahead.
 */
export async function fetchAhead(wanted: Iterable<Wanted>, options: FetchAheadOptions): Promise<void> {
  const { plan, cache, reader, parallel, stopped } = options;
  let mine = 0;
  let wake: (() => void) | undefined;
  const mayStart = () => mine < Math.max(1, parallel - (cache.underWay - mine));
  const start = (domain: string, segment: number) => {
    mine++;
    // What fails here fails again, and is told, when somebody reads it.
    cache
      .get(domain, segment, reader)
      .catch(() => undefined)
      .finally(() => {
        mine--;
        wake?.();
      });
  };

  for (const { index, pages } of wanted) {
    if (stopped()) return;
    const block = plan.known(index) ?? (await plan.find(index).catch(() => undefined));
    for (const run of block?.runs ?? []) {
      if (pages && !someOf(pages, run.page, run.count)) continue;
      if (cache.has(block!.domain, run.segment)) continue;
      while (!stopped() && !mayStart())
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      if (stopped()) return;
      start(block!.domain, run.segment);
    }
  }
}
