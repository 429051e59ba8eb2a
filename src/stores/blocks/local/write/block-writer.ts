import type { BlockReference } from '../../../../domain/manifest.ts';
import type { PackStorage } from '../files/pack-storage.ts';
import type { BlockIndex } from '../index/block-index.ts';
import type { IndexedSegment } from '../index/segment-index.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { copyToShared, slotPool } from '../threads/slots.ts';
import type { WorkerPool } from '../threads/worker-pool.ts';
import { flushToIndex } from './flush.ts';
import { orderedTurns } from './ordered-turns.ts';
import { PackWriter } from './pack-writer.ts';
import { pageTable } from './page-table.ts';
import { placeBlock } from './place-block.ts';
import { workQueue } from './queue.ts';
import { segmentWriter } from './segment-writer.ts';
import { sharedRuns } from './shared-runs.ts';
import { isComplete, segmentsOf, type UnflushedBlock, unflushedBlock } from './unflushed.ts';

/** Blocks looked at, and segments on their way to a pack, at a time: bounds memory, keeps all threads busy. */
const maxPuts = 8;
const maxSealing = 6;
/** What waits for a flush is kept in memory: at this much, one begins by itself. */
const flushBytes = 48 * 1024 * 1024;
const flushBlocks = 1_024;
const zstdLevel = 1;

export interface BlockWriter {
  /**
   * Stores a block, once however many ask. Durable only after `flush`.
   * @param isKnown asked once the digest is there; an unknown block is on its way when it returns false
   */
  put(domain: string, plain: Uint8Array, isKnown: (reference: BlockReference) => boolean): Promise<void>;
  /** Whether a block is on its way into the index. */
  has(reference: BlockReference): boolean;
  /** Everything put so far is on disk and in the index, and `settle`d. Calls made meanwhile share the next run. */
  flush(): Promise<void>;
  /** What is flushed is where the pack storage wants it. */
  settlePacks(): Promise<void>;
  /** Calls `mark` for every segment that a block on its way names, and for later ones until `stop`. */
  watchSegments(mark: (segment: number) => void): { stop(): void };
  /** New blocks share nothing with these segments any more. */
  forgetSegments(numbers: readonly number[]): void;
  /** The highest number given to a segment. */
  lastSegment(): number;
  /** A number for a pack that somebody else makes. */
  nextPack(): number;
  /** Forgets what is not flushed: after a failure nobody knows what of it is on disk. */
  reset(): void;
  close(): Promise<void>;
}

export interface BlockWriterOptions {
  storage: PackStorage;
  pool: WorkerPool;
  index: BlockIndex;
  keys: KeyRing;
  /** Called inside the flush's transaction, when the blocks are listed: writes rows that wait for them. */
  settle(): void;
  /** Called when something that was put is lost. */
  onFailure(error: unknown): void;
}

export function blockWriter(options: BlockWriterOptions): BlockWriter {
  const { storage, pool, index, keys } = options;
  const unflushed = new Map<string, UnflushedBlock>();
  let written: IndexedSegment[] = [];
  let writtenBytes = 0;
  let generation = 0;
  let lastPack = index.lastPack();
  let lastSegment = index.segments.last();
  const watchers = new Set<(segment: number) => void>();
  const slots = slotPool(pool.memory);
  const table = pageTable();
  const enter = workQueue(maxPuts);
  const nextTurn = orderedTurns();

  const check = (since: number) => {
    if (generation !== since) throw new Error('What was not flushed is lost: a write failed');
  };
  const packs = new PackWriter({
    storage,
    nextPack: () => ++lastPack,
    onSealed: pack => index.sealPack(pack),
  });
  const segments = segmentWriter({
    slots,
    table,
    nextNumber: () => ++lastSegment,
    seal: ({ number }, name, { data }) =>
      pool.run('seal', { slot: number, name, dataKey: data, level: zstdLevel }),
    append: (name, stored) => packs.append({ ...name, format: 2 }, stored),
    generation: () => generation,
    onWritten(segment) {
      written.push(segment);
      writtenBytes += segment.length;
      flushIfMuch();
    },
    onFailure: options.onFailure,
  });

  const flushOnce = async (what: 'all' | 'written') => {
    const since = generation;
    try {
      if (what === 'all') segments.closeAll();
      await segments.written();
      check(since);
      const listed = written;
      written = [];
      writtenBytes = 0;
      await flushToIndex({
        index,
        packs,
        segments: listed,
        blocks: [...unflushed.values()].filter(isComplete),
        check: () => check(since),
        onListed: ({ reference }) => unflushed.delete(keyOf(reference)),
      });
      options.settle();
      index.commit();
    } catch (error) {
      if (generation === since) options.onFailure(error);
      throw error;
    }
  };
  let wanted: 'all' | 'written' = 'written';
  const flushes = sharedRuns(() => {
    const what = wanted;
    wanted = 'written';
    return flushOnce(what);
  });
  const flushIfMuch = () => {
    if ((writtenBytes >= flushBytes || unflushed.size >= flushBlocks) && flushes.idle())
      flushes.run().catch(() => undefined);
  };

  const store = async (block: UnflushedBlock, slot: ReturnType<typeof slots.take>, turn: Promise<void>) => {
    const since = generation;
    const { domain } = block.reference;
    const domainKeys = await keys.findOrCreate(domain);
    await pool.run('fingerprint', { slot: slot.number, secret: domainKeys.fingerprint });
    await turn;
    while (segments.closing >= maxSealing) await segments.anyWritten();
    check(since);
    const { runs, slotTaken } = placeBlock(block, {
      keys: domainKeys,
      slot,
      table,
      segments,
      lists: {
        hooked: hook => index.segments.hooked(domain, hook),
        fingerprints: segment => index.segments.fingerprints(domain, segment),
      },
    });
    for (const watch of watchers) for (const { segment } of runs) watch(segment);
    flushIfMuch();
    return slotTaken;
  };

  return {
    put: (domain, plain, isKnown) =>
      enter(async () => {
        const since = generation;
        const turn = nextTurn();
        const slot = slots.take();
        let slotTaken = false;
        try {
          copyToShared(plain, slot.pages);
          const reference = { domain, digest: await pool.run('digest', { slot: slot.number }) };
          check(since);
          if (isKnown(reference)) return;
          const key = keyOf(reference);
          const already = unflushed.get(key);
          if (already) {
            // Digests come in any order: the block may be one that waits for this turn.
            turn.done();
            return await already.placed;
          }
          const block = unflushedBlock(reference);
          unflushed.set(key, block);
          try {
            slotTaken = await store(block, slot, turn.reached);
          } catch (error) {
            if (unflushed.get(key) === block) unflushed.delete(key);
            block.settle.reject(error);
            throw error;
          }
        } finally {
          turn.done();
          if (!slotTaken) slots.give(slot);
        }
      }),
    has: reference => unflushed.has(keyOf(reference)),
    flush() {
      wanted = 'all';
      return flushes.run();
    },
    async settlePacks() {
      if (storage.settlesSealedPacksOnly) await packs.seal();
      await storage.settle();
    },
    watchSegments(mark) {
      for (const block of unflushed.values()) for (const segment of segmentsOf(block)) mark(segment);
      watchers.add(mark);
      return { stop: () => watchers.delete(mark) };
    },
    forgetSegments(numbers) {
      for (const number of numbers) table.remove(number);
    },
    lastSegment: () => lastSegment,
    nextPack: () => ++lastPack,
    reset() {
      generation++;
      unflushed.clear();
      written = [];
      writtenBytes = 0;
      segments.reset();
      table.clear();
      packs.abandon().catch(() => undefined);
    },
    async close() {
      await flushes.current()?.catch(() => undefined);
      await packs.seal();
    },
  };
}

function keyOf({ domain, digest }: BlockReference): string {
  return `${digest} ${domain}`;
}
