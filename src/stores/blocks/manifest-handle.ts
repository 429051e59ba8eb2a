import {
  chunkOf,
  type ManifestChunk,
  type ManifestEntry,
  type ManifestSummary,
} from '../../domain/manifest.ts';
import type { Manifest } from './block-store.ts';

/** Where the chunks of a manifest come from. */
export interface ChunkSource {
  /** Of the chunks that list a block, ascending. */
  numbers: readonly number[];
  load(number: number): Promise<ManifestChunk>;
  /** Loads chunks for a walk: each may be used until the next one is asked for. */
  walker(): (number: number) => Promise<ManifestChunk>;
  fingerprint(number: number): string;
  close(): Promise<void>;
}

const batchLength = 256;
const noBlocks: ManifestChunk = { blockCount: 0, at: () => undefined, entries: () => [] };

/** An open manifest over its chunks, of which it keeps the `cachedChunks` used last. */
export function manifestHandle(
  summary: ManifestSummary,
  source: ChunkSource,
  cachedChunks: number,
): Manifest {
  const listed = new Set(source.numbers);
  const kept = new Map<number, ManifestChunk>();
  const underWay = new Map<number, Promise<ManifestChunk>>();
  let closed: Promise<void> | undefined;

  const isClosed = () => new Error(`The manifest of ${summary.snapshotId} is closed`);
  const load = async (number: number) => {
    try {
      const chunk = await source.load(number);
      kept.set(number, chunk);
      // A Map keeps the order of insertion: its first key is the one unused for longest.
      for (const oldest of kept.keys()) {
        if (kept.size <= cachedChunks) break;
        kept.delete(oldest);
      }
      return chunk;
    } finally {
      underWay.delete(number);
    }
  };

  const chunk = (number: number): ManifestChunk | Promise<ManifestChunk> => {
    if (!listed.has(number)) return noBlocks;
    const known = kept.get(number);
    if (known) {
      kept.delete(number);
      kept.set(number, known);
      return known;
    }
    if (closed) return Promise.reject(isClosed());
    const loading = underWay.get(number) ?? load(number);
    underWay.set(number, loading);
    return loading;
  };

  return {
    ...summary,
    chunkNumbers: source.numbers,
    chunk,
    fingerprint: number => (listed.has(number) ? source.fingerprint(number) : undefined),
    at: async index => (await chunk(chunkOf(index))).at(index),
    async *entries(from = 0): AsyncGenerator<ManifestEntry[]> {
      const next = source.walker();
      for (const number of source.numbers) {
        if (number < chunkOf(from)) continue;
        if (closed) throw isClosed();
        const chunk = kept.get(number) ?? (await next(number));
        yield* batchesOf(chunk.entries(from));
      }
    },
    close() {
      closed ??= source.close();
      return closed;
    },
  };
}

/** Small ones die young: larger ones make the heap grow. */
function* batchesOf(entries: Iterable<ManifestEntry>): Generator<ManifestEntry[]> {
  let batch: ManifestEntry[] = [];
  for (const entry of entries) {
    if (batch.push(entry) < batchLength) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
