import { releaseMemory } from '../threads/release-memory.ts';

/** Segments kept a moment: what one block has of them, the next often has more of (24 MiB). */
const maxKept = 48;
const keptMs = 10_000;

interface Kept {
  reading: Promise<Buffer>;
  users: number;
  dropped: boolean;
}

/**
 * The segments read last. The memory of one that is dropped is given back as soon as nobody uses it.
 * @param read its bytes must be in memory that is theirs alone
 */
export function keptSegments(read: (domain: string, number: number) => Promise<Buffer>) {
  const kept = new Map<string, Kept>();
  let idle: NodeJS.Timeout | undefined;

  const releaseUnused = (entry: Kept) => {
    if (entry.dropped && entry.users === 0) entry.reading.then(releaseMemory, () => undefined);
  };
  const drop = (key: string, entry: Kept) => {
    if (kept.get(key) === entry) kept.delete(key);
    entry.dropped = true;
    releaseUnused(entry);
  };
  const forget = () => {
    for (const [key, entry] of kept) drop(key, entry);
  };
  const take = (domain: string, number: number): Kept => {
    const key = keyOf(domain, number);
    const entry = kept.get(key) ?? { reading: read(domain, number), users: 0, dropped: false };
    entry.users++;
    entry.reading.catch(() => drop(key, entry));
    // Set anew, so that the map's order is that of last use.
    kept.delete(key);
    kept.set(key, entry);
    if (kept.size > maxKept) drop(...kept.entries().next().value!);
    idle ??= setTimeout(forget, keptMs).unref();
    idle.refresh();
    return entry;
  };

  return {
    has: (domain: string, number: number) => kept.has(keyOf(domain, number)),
    /** Calls `work` with segments by their numbers; they are not to be used when it has returned. */
    async use<T>(domain: string, numbers: Iterable<number>, work: (segments: Map<number, Buffer>) => T) {
      const taken = [...new Set(numbers)].map(number => ({ number, entry: take(domain, number) }));
      try {
        const segments = new Map<number, Buffer>();
        await Promise.all(taken.map(async ({ number, entry }) => segments.set(number, await entry.reading)));
        return work(segments);
      } finally {
        for (const { entry } of taken) {
          entry.users--;
          releaseUnused(entry);
        }
      }
    },
    forget,
    close() {
      clearTimeout(idle);
      forget();
    },
  };
}

function keyOf(domain: string, number: number): string {
  return `${number} ${domain}`;
}
