import { blockSize } from '../../domain/manifest.ts';
import type { NbdExport } from '../nbd/server.ts';
import type { BlockPlan, SnapshotBlocks } from './block-plan.ts';
import type { BootProfiles, BootWatch } from './boot-profiles.ts';
import type { Counters } from './counters.ts';
import { fetchAhead, type Wanted } from './fetch-ahead.ts';
import type { SegmentCache } from './segment-cache.ts';
import { sequence } from './sequence.ts';
import { snapshotDisk } from './snapshot-disk.ts';

export interface GuestDiskOptions {
  blocks: SnapshotBlocks;
  plan: BlockPlan;
  cache: SegmentCache;
  /** Fetches ahead worth having under way. */
  parallel: number;
  count: Counters;
  boots?: BootProfiles;
  release(): void;
}

/** A snapshot as one connection sees it: a disk that is read ahead of, and whose boots are learned from. */
export function guestDisk(options: GuestDiskOptions): NbdExport {
  const { blocks, plan, cache, parallel, count, boots, release } = options;
  const course = sequence();
  const reader = {
    get sequential() {
      return course.isScan;
    },
  };
  let closed = false;
  let boot: BootWatch | undefined;
  /** Blocks `[next, limit)` are to be read ahead. */
  let next = 0;
  let limit = 0;
  let running = false;

  function* ahead(): Iterable<Wanted> {
    while (next < limit) yield { index: next++ };
  }
  const readAhead = (end: number, upTo: number) => {
    limit = Math.min(Math.ceil(upTo / blockSize), Math.ceil(blocks.volumeSize / blockSize));
    // What was read in the meantime, or before a jump back, is not fetched again.
    const first = Math.floor((end - 1) / blockSize) + 1;
    if (next < first || next > limit) next = first;
    if (running || next >= limit) return;
    running = true;
    void fetchAhead(ahead(), { plan, cache, reader, parallel, stopped: () => closed }).finally(() => {
      running = false;
    });
  };

  const disk = snapshotDisk({
    ...{ blocks, plan, cache, reader },
    onRead(offset, length) {
      count.reads++;
      count.bytesRead += length;
      boot?.note(offset, length);
      const upTo = course.note(offset, length);
      if (upTo === undefined) limit = 0;
      else readAhead(offset + length, upTo);
    },
  });
  return {
    ...disk,
    open() {
      boot = boots?.watch(blocks.snapshotId, plan);
    },
    close() {
      closed = true;
      boot?.close();
      release();
    },
  };
}
