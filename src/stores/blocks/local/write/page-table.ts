import { pagesPerBlock } from '../formats/recipe.ts';
import { fingerprintLength } from './fingerprints.ts';

const bucketCount = 2 ** 17;
const wordsEach = fingerprintLength / 4;

/** Where a page is. */
export interface PagePlace {
  segment: number;
  from: number;
}

/**
 * The fingerprints of the segments looked at lately, to compare new pages with. A hash table with chains in flat
 * arrays: with 2,048 segments it takes 5 MB, where a Map of strings takes ten times as much. The oldest goes first.
 */
export function pageTable(limit = 2_048) {
  const fingerprints = Buffer.alloc(limit * pagesPerBlock * fingerprintLength);
  const words = new Uint32Array(fingerprints.buffer, fingerprints.byteOffset, fingerprints.length / 4);
  const buckets = new Int32Array(bucketCount).fill(-1);
  const next = new Int32Array(limit * pagesPerBlock);
  const segments = new Float64Array(limit);
  const counts = new Uint8Array(limit);
  /** Segment → its list, oldest first. */
  const lists = new Map<number, number>();
  const free = Array.from({ length: limit }, (_, index) => limit - 1 - index);

  const bucketOf = (entry: number) => words[entry * wordsEach]! & (bucketCount - 1);
  const link = (entry: number) => {
    const bucket = bucketOf(entry);
    next[entry] = buckets[bucket]!;
    buckets[bucket] = entry;
  };
  const unlink = (entry: number) => {
    const bucket = bucketOf(entry);
    if (buckets[bucket] === entry) {
      buckets[bucket] = next[entry]!;
      return;
    }
    let before = buckets[bucket]!;
    while (next[before] !== entry) before = next[before]!;
    next[before] = next[entry]!;
  };
  const isAt = (entry: number, other: Buffer, at: number) =>
    words[entry * wordsEach] === other.readUInt32LE(at) &&
    words[entry * wordsEach + 1] === other.readUInt32LE(at + 4) &&
    words[entry * wordsEach + 2] === other.readUInt32LE(at + 8);

  const remove = (segment: number) => {
    const list = lists.get(segment);
    if (list === undefined) return;
    for (let page = 0; page < counts[list]!; page++) unlink(list * pagesPerBlock + page);
    lists.delete(segment);
    free.push(list);
  };
  const append = (list: number, other: Uint8Array, at: number) => {
    const entry = list * pagesPerBlock + counts[list]!;
    fingerprints.set(other.subarray(at, at + fingerprintLength), entry * fingerprintLength);
    counts[list] = counts[list]! + 1;
    link(entry);
  };

  return {
    has: (segment: number) => lists.has(segment),
    /** Adds a segment, with the fingerprints known so far. */
    add(segment: number, known: Uint8Array) {
      if (lists.has(segment)) return;
      if (free.length === 0) remove(lists.keys().next().value!);
      const list = free.pop()!;
      lists.set(segment, list);
      segments[list] = segment;
      counts[list] = 0;
      for (let at = 0; at < known.length; at += fingerprintLength) append(list, known, at);
    },
    /** Adds the next page of a segment that is being filled. */
    append(segment: number, other: Uint8Array, page: number) {
      const list = lists.get(segment);
      if (list !== undefined) append(list, other, page * fingerprintLength);
    },
    /** Where the page of that fingerprint is; behind `after`, if it is there too. */
    find(other: Buffer, page: number, after?: PagePlace): PagePlace | undefined {
      const at = page * fingerprintLength;
      const list = after && lists.get(after.segment);
      if (list !== undefined && after!.from + 1 < counts[list]!)
        if (isAt(list * pagesPerBlock + after!.from + 1, other, at))
          return { segment: after!.segment, from: after!.from + 1 };
      let entry = buckets[other.readUInt32LE(at) & (bucketCount - 1)]!;
      while (entry >= 0 && !isAt(entry, other, at)) entry = next[entry]!;
      if (entry < 0) return undefined;
      return { segment: segments[Math.floor(entry / pagesPerBlock)]!, from: entry % pagesPerBlock };
    },
    remove,
    clear() {
      for (const segment of [...lists.keys()]) remove(segment);
    },
  };
}

export type PageTable = ReturnType<typeof pageTable>;
