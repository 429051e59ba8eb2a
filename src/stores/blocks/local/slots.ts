import { blockSize } from '../../../domain/manifest.ts';
import { fingerprintLength } from './fingerprints.ts';
import { pagesPerBlock } from './recipe.ts';

/** Room behind the pages for what a stored segment has more: header and tag. */
const sealedRoom = 1024;
const fingerprintsAt = blockSize + sealedRoom;
const zeroesAt = fingerprintsAt + pagesPerBlock * fingerprintLength;
const slotLength = zeroesAt + pagesPerBlock;

/** Memory that all threads see, for the pages of a block or a segment and what is found out about them. */
export interface Slot {
  memory: SharedArrayBuffer;
  /** 512 KiB of pages. */
  pages: Buffer;
  /** The pages and the room behind them: where a stored segment takes its pages' place. */
  sealed: Buffer;
  /** 12 bytes for each page. */
  fingerprints: Buffer;
  /** For each page, 1 where it is all zeroes. */
  zeroes: Buffer;
}

export function slotOver(memory: SharedArrayBuffer): Slot {
  return {
    memory,
    pages: Buffer.from(memory, 0, blockSize),
    sealed: Buffer.from(memory, 0, fingerprintsAt),
    fingerprints: Buffer.from(memory, fingerprintsAt, pagesPerBlock * fingerprintLength),
    zeroes: Buffer.from(memory, zeroesAt, pagesPerBlock),
  };
}

/** Slots to take and give back; how many are out at a time is for the taker to bound. */
export function slotPool() {
  let free: Slot[] = [];
  return {
    take: (): Slot => free.pop() ?? slotOver(new SharedArrayBuffer(slotLength)),
    give(slot: Slot) {
      free.push(slot);
    },
    /** Gives the memory of free slots back to the system, in time. */
    trim() {
      free = [];
    },
  };
}

export type SlotPool = ReturnType<typeof slotPool>;
