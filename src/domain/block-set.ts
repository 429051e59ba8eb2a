import { chunkBlocks, chunkOf } from './manifest.ts';

/** Block indexes, each once. */
export interface BlockSet {
  readonly size: number;
  has(index: number): boolean;
  /** Ascending. */
  indexes(): Iterable<number>;
}

/** A set one adds to: bits in pieces, so that those of a full volume of 1 TiB take 256 KiB and those of a few blocks little. */
export function blockSet(initial: Iterable<number> = []): BlockSet & { add(index: number): void } {
  const pieces = new Map<number, Uint8Array>();
  let size = 0;
  const bitOf = (index: number) => {
    const within = index % chunkBlocks;
    return [within >>> 3, 1 << (within & 7)] as const;
  };
  const set = {
    get size() {
      return size;
    },
    has(index: number) {
      const [byte, bit] = bitOf(index);
      return ((pieces.get(chunkOf(index))?.[byte] ?? 0) & bit) !== 0;
    },
    add(index: number) {
      if (set.has(index)) return;
      const [byte, bit] = bitOf(index);
      const number = chunkOf(index);
      const piece = pieces.get(number) ?? new Uint8Array(chunkBlocks / 8);
      piece[byte]! |= bit;
      pieces.set(number, piece);
      size++;
    },
    *indexes() {
      for (const number of [...pieces.keys()].sort((a, b) => a - b))
        for (let within = 0; within < chunkBlocks; within++)
          if (set.has(number * chunkBlocks + within)) yield number * chunkBlocks + within;
    },
  };
  for (const index of initial) set.add(index);
  return set;
}
