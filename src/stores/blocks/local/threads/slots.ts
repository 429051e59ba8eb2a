import { blockSize } from '../../../../domain/manifest.ts';
import { pagesPerBlock } from '../formats/recipe.ts';
import { fingerprintLength } from '../write/fingerprints.ts';

/** Room behind the pages for what a stored segment has more: header and tag. */
const sealedRoom = 1024;
const fingerprintsAt = blockSize + sealedRoom;
const zeroesAt = fingerprintsAt + pagesPerBlock * fingerprintLength;
const slotLength = zeroesAt + pagesPerBlock;

/** More than are ever out at once: blocks being put, segments being filled and segments being written. */
const slotCount = 32;

const copiedAtOnce = 64 * 1024;

/** A piece of memory that all threads see, for the pages of a block or a segment and what is found out about them. */
export interface Slot {
  number: number;
  /** 512 KiB of pages. */
  pages: Buffer;
  /** The pages and the room behind them: where a stored segment takes its pages' place. */
  sealed: Buffer;
  /** 12 bytes for each page. */
  fingerprints: Buffer;
  /** For each page, 1 where it is all zeroes. */
  zeroes: Buffer;
}

/** Takes address space; memory only where slots are used. */
export function slotMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(slotCount * slotLength);
}

/**
 * All slots of a memory. Each thread makes them once: an object for shared memory counts, in the thread's bookkeeping, as
 * much as the memory does, and one for each task would keep its collector busy.
 */
export function slotsOver(memory: SharedArrayBuffer): Slot[] {
  return Array.from({ length: slotCount }, (_, number) => {
    const start = number * slotLength;
    return {
      number,
      pages: Buffer.from(memory, start, blockSize),
      sealed: Buffer.from(memory, start, fingerprintsAt),
      fingerprints: Buffer.from(memory, start + fingerprintsAt, pagesPerBlock * fingerprintLength),
      zeroes: Buffer.from(memory, start + zeroesAt, pagesPerBlock),
    };
  });
}

/**
 * `target.set(source, at)` for shared memory, several times faster: that goes there word by word, as does `copy` of a
 * whole buffer; `copy` of a part of one moves it at once.
 */
export function copyToShared(source: Uint8Array, target: Buffer, at = 0): void {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  for (let start = 0; start < bytes.length; start += copiedAtOnce)
    bytes.copy(target, at + start, start, start + copiedAtOnce);
}

/** Slots to take and give back. */
export function slotPool(memory: SharedArrayBuffer) {
  // The last one given is taken first, so that as few as possible ever take memory.
  const free = slotsOver(memory).reverse();
  return {
    take(): Slot {
      const slot = free.pop();
      if (!slot) throw new Error('All slots are taken: more is under way than there should be');
      return slot;
    },
    give(slot: Slot) {
      free.push(slot);
    },
  };
}

export type SlotPool = ReturnType<typeof slotPool>;
