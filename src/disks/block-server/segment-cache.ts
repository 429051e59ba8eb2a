import { workQueue } from '../../stores/blocks/local/write/queue.ts';
import { ghostList } from './ghost-list.ts';
/** Who reads: what it reads again by itself says nothing about how much others will want it. */
export interface Reader {
  /** It runs through a disk from one end to the other: what it read it will not read again. */
  sequential: boolean;
  /** What it fetches is known to be wanted again and again: the blocks of a boot. */
  readonly lasting?: boolean;
}

/**
 * Keeps plain segments, and fetches each once however many wait for it. Three queues, after 2Q (Johnson and Shasha, VLDB
 * 1994) and segmented LRU, so that reading a whole disk pushes out no boot set:
 * - `passing`: fetched by sequential readers; past an eighth of the room they give way first;
 * - `fresh`: fetched by anybody else;
 * - `kept`: wanted by a second reader, or wanted again soon after they were dropped; three quarters at most.
 */
export interface SegmentCache {
  /** A segment in memory. */
  find(domain: string, number: number, reader: Reader): Buffer | undefined;
  has(domain: string, number: number): boolean;
  /** A segment from memory, or fetched; a fetch that fails is made again the next time. */
  get(domain: string, number: number, reader: Reader): Promise<Buffer>;
  /** Segments being fetched, or waiting for that. */
  readonly underWay: number;
  /** Bytes of the segments kept. */
  readonly bytes: number;
}

type QueueName = 'passing' | 'fresh' | 'kept';

interface Entry {
  bytes: Buffer;
  queue: QueueName;
  /** Who had it fetched. */
  reader: Reader;
}

export interface SegmentCacheOptions {
  /** Of segments kept; those being fetched come on top. */
  maxBytes: number;
  fetch(domain: string, number: number): Promise<Buffer>;
  /** Fetches at a time; more wait their turn. */
  maxFetches?: number;
}

export function segmentCache({ maxBytes, fetch, maxFetches = 64 }: SegmentCacheOptions): SegmentCache {
  const queues: Record<QueueName, Map<string, Entry>> = {
    passing: new Map(),
    fresh: new Map(),
    kept: new Map(),
  };
  const sizes: Record<QueueName, number> = { passing: 0, fresh: 0, kept: 0 };
  const entries = new Map<string, Entry>();
  const underWay = new Map<string, { result: Promise<Buffer>; readers: Reader[] }>();
  const ghosts = ghostList(maxBytes);
  let bytes = 0;

  const enqueue = (key: string, entry: Entry, queue: QueueName) => {
    entry.queue = queue;
    queues[queue].set(key, entry);
    sizes[queue] += entry.bytes.length;
  };
  const dequeue = (key: string, entry: Entry) => {
    queues[entry.queue].delete(key);
    sizes[entry.queue] -= entry.bytes.length;
  };
  const move = (key: string, entry: Entry, queue: QueueName) => {
    dequeue(key, entry);
    enqueue(key, entry, queue);
  };
  const keep = (key: string, entry: Entry) => {
    move(key, entry, 'kept');
    for (const [oldest, other] of queues.kept) {
      if (sizes.kept <= maxBytes * 0.75 || other === entry) break;
      move(oldest, other, 'fresh');
    }
  };
  const givesWay = (): QueueName => {
    if (sizes.passing > maxBytes / 8) return 'passing';
    return (['fresh', 'passing', 'kept'] as const).find(name => sizes[name] > 0)!;
  };
  const shrink = () => {
    while (bytes > maxBytes) {
      const from = givesWay();
      const [key, entry] = queues[from].entries().next().value!;
      dequeue(key, entry);
      entries.delete(key);
      bytes -= entry.bytes.length;
      if (from !== 'passing') ghosts.add(key, entry.bytes.length);
    }
  };
  /** The order in a queue is that of last use. */
  const touch = (key: string, entry: Entry, reader: Reader) => {
    const again = entry.reader !== reader && !reader.sequential;
    if (entry.queue === 'kept') move(key, entry, 'kept');
    else if (again && entry.queue === 'fresh') keep(key, entry);
    else if (entry.queue === 'fresh' || again) move(key, entry, 'fresh');
  };
  const insert = (key: string, segment: Buffer, readers: readonly Reader[]) => {
    const known = ghosts.take(key);
    const reader = readers.find(one => !one.sequential) ?? readers[0]!;
    const entry: Entry = { bytes: segment, queue: 'fresh', reader };
    entries.set(key, entry);
    bytes += segment.length;
    enqueue(key, entry, reader.sequential ? 'passing' : 'fresh');
    if (readers.some(one => one.lasting) || (known && !reader.sequential)) keep(key, entry);
    shrink();
  };
  const inTurn = workQueue(maxFetches);

  const start = (key: string, domain: string, number: number, reader: Reader) => {
    const readers = [reader];
    const result = (async () => {
      try {
        const segment = await inTurn(() => fetch(domain, number));
        insert(key, segment, readers);
        return segment;
      } finally {
        underWay.delete(key);
      }
    })();
    underWay.set(key, { result, readers });
    return result;
  };

  return {
    find(domain, number, reader) {
      const key = keyOf(domain, number);
      const entry = entries.get(key);
      if (!entry) return undefined;
      touch(key, entry, reader);
      return entry.bytes;
    },
    has: (domain, number) => entries.has(keyOf(domain, number)),
    async get(domain, number, reader) {
      const key = keyOf(domain, number);
      const entry = entries.get(key);
      if (entry) {
        touch(key, entry, reader);
        return entry.bytes;
      }
      const already = underWay.get(key);
      if (!already) return start(key, domain, number, reader);
      already.readers.push(reader);
      return already.result;
    },
    get underWay() {
      return underWay.size;
    },
    get bytes() {
      return bytes;
    },
  };
}

function keyOf(domain: string, number: number): string {
  return `${number} ${domain}`;
}
