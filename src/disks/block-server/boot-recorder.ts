import { blockSize } from '../../domain/manifest.ts';
import { type BootRecord, maxProfiledBlocks } from '../../stores/blocks/boot-profile.ts';
import { addBytes, noPages, type PageSet } from '../../stores/blocks/page-set.ts';

export interface BootRecorder {
  note(offset: number, length: number): void;
  /** What was read until now, told to `onEnd` unless it has been; nothing is noted any more. */
  end(): void;
}

export interface BootRecorderOptions {
  onEnd(record: BootRecord): void;
  /** Milliseconds without a read of anything new that end a boot. */
  quiet?: number;
  /** Milliseconds after which a boot is over, whatever it reads. */
  longest?: number;
}

/** A client that read less tells nothing about boots: it looked at the partition table, say. */
const fewestBlocks = 4;

/** Notes what a connection reads first, block by block in its order, until nothing new is read for a while. */
export function bootRecorder({
  onEnd,
  quiet = 15_000,
  longest = 180_000,
}: BootRecorderOptions): BootRecorder {
  const record = new Map<number, PageSet>();
  let open = true;
  let news = false;

  const end = () => {
    if (!open) return;
    open = false;
    clearInterval(ticking);
    clearTimeout(late);
    if (record.size >= fewestBlocks) onEnd(record);
  };
  const ticking = setInterval(() => {
    // Before its first read a boot has not begun.
    if (!news && record.size > 0) end();
    news = false;
  }, quiet);
  const late = setTimeout(end, longest);
  for (const timer of [ticking, late]) timer.unref();

  return {
    note(offset, length) {
      if (!open) return;
      for (let at = offset, stop = offset + length; at < stop; ) {
        const index = Math.floor(at / blockSize);
        const start = index * blockSize;
        let pages = record.get(index);
        if (!pages) {
          if (record.size >= maxProfiledBlocks) return end();
          pages = noPages();
          record.set(index, pages);
          news = true;
        }
        addBytes(pages, at - start, stop - start);
        at = start + blockSize;
      }
    },
    end,
  };
}
