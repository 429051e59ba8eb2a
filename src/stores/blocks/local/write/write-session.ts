import { blockSet } from '../../../../domain/block-set.ts';
import { type BlockReference, blockSize, type ManifestSummary } from '../../../../domain/manifest.ts';
import type { StagedEntry, WriteSession } from '../../block-store.ts';
import type { BlockIndex } from '../index/block-index.ts';
import type { BlockWriter } from './block-writer.ts';

const zeroBlock = Buffer.alloc(blockSize);
/** Block indexes of the largest volume, 64 TiB. */
const maxIndex = 2 ** 46 / blockSize;
/** Blocks put and not flushed, after which a put flushes: bounds what is in memory, and what a crash makes repeat (512 MiB). */
const maxWaiting = 1024;
const indexesAtATime = 4_096;
const entriesAtATime = 256;

export interface LocalSession extends WriteSession {
  /** Stages in the index what waited for its block to get there. */
  settle(): void;
  /** What was not flushed is lost: every later call throws. */
  fail(cause: unknown): void;
}

export interface LocalSessionOptions {
  sessionId: string;
  domain: string;
  index: BlockIndex;
  writer: BlockWriter;
  /** Runs a change of the index; when it fails, the store forgets what is not flushed. */
  change<T>(work: () => T): T;
  /** Writes the manifest and ends the session, while no garbage is swept. */
  finish(target: { snapshotId: string; volumeSize: number; base?: string }): Promise<ManifestSummary>;
  /** The session's rows are gone. */
  onEnded(): void;
}

export function localSession(options: LocalSessionOptions): LocalSession {
  const { sessionId, domain, index, writer, change } = options;
  /** Staged blocks whose rows wait until the index lists the block. */
  const waiting = new Map<number, BlockReference>();
  /** The last put of each block index under way: later ones go behind it, so that the last one wins. */
  const underWay = new Map<number, Promise<void>>();
  let state: 'open' | 'committing' | 'ended' = 'open';
  let failure: unknown;

  const check = (allowed: readonly (typeof state)[]) => {
    if (failure !== undefined)
      throw new Error(`Write session ${sessionId} lost what was not flushed: open it again`, {
        cause: failure,
      });
    if (!allowed.includes(state))
      throw new Error(`Write session ${sessionId} is ${state === 'ended' ? 'ended' : 'being committed'}`);
  };

  const store = async (blockIndex: number, bytes: Uint8Array) => {
    if (zeroBlock.equals(bytes)) {
      waiting.delete(blockIndex);
      change(() => index.stage({ sessionId, index: blockIndex, reference: null }));
      return;
    }
    let undo = () => {};
    try {
      await writer.put(domain, bytes, reference => {
        check(['open', 'committing']);
        if (change(() => index.stageKnown(sessionId, blockIndex, reference))) {
          waiting.delete(blockIndex);
          return true;
        }
        const earlier = waiting.get(blockIndex);
        undo = () => {
          if (waiting.get(blockIndex) !== reference) return;
          if (earlier) waiting.set(blockIndex, earlier);
          else waiting.delete(blockIndex);
        };
        // Waits from before the write on: the sweep of garbage settles first, so it never takes what a put relies on.
        waiting.set(blockIndex, reference);
        return false;
      });
    } catch (error) {
      undo();
      throw error;
    }
  };

  const settled = () => Promise.allSettled(underWay.values());

  const flush = async () => {
    // Puts may begin meanwhile: they are not promised anything.
    const before = [...waiting];
    await settled();
    await writer.flush();
    check(['open', 'committing']);
    if (before.some(([blockIndex, reference]) => waiting.get(blockIndex) === reference))
      throw new Error(`Write session ${sessionId}: a block was not flushed`);
  };

  return {
    sessionId,
    async put(blockIndex, bytes) {
      check(['open']);
      if (bytes.length !== blockSize)
        throw new RangeError(`A block has ${blockSize} bytes, not ${bytes.length}`);
      if (!Number.isInteger(blockIndex) || blockIndex < 0 || blockIndex >= maxIndex)
        throw new RangeError(`${blockIndex} is not a block index`);
      const previous = underWay.get(blockIndex);
      const work = (async () => {
        await previous?.catch(() => undefined);
        check(['open', 'committing']);
        await store(blockIndex, bytes);
      })();
      underWay.set(blockIndex, work);
      try {
        await work;
      } finally {
        if (underWay.get(blockIndex) === work) underWay.delete(blockIndex);
      }
      // An upload never asks for a flush before its end.
      if (waiting.size >= maxWaiting) await writer.flush();
      check(['open', 'committing']);
    },
    async staged() {
      await settled();
      check(['open', 'committing']);
      const staged = blockSet(waiting.keys());
      for await (const indexes of pages(
        from => index.stagedIndexes(sessionId, from, indexesAtATime),
        last => last,
      ))
        for (const blockIndex of indexes) staged.add(blockIndex);
      return staged;
    },
    async *stagedEntries() {
      check(['open', 'committing']);
      await flush();
      yield* stagedPages(index, sessionId);
    },
    async flush() {
      check(['open']);
      await flush();
    },
    async commit(target) {
      if (state !== 'ended') {
        check(['open']);
        state = 'committing';
        try {
          await flush();
        } catch (error) {
          state = 'open';
          throw error;
        }
      }
      try {
        const manifest = await options.finish(target);
        if (state !== 'ended') options.onEnded();
        state = 'ended';
        return manifest;
      } catch (error) {
        if (state === 'committing') state = 'open';
        throw error;
      }
    },
    async abort() {
      if (state === 'ended') return;
      check(['open']);
      state = 'ended';
      await settled();
      change(() => {
        index.endSession(sessionId);
        index.commit();
      });
      options.onEnded();
    },
    settle() {
      for (const [blockIndex, reference] of waiting)
        if (index.stageKnown(sessionId, blockIndex, reference)) waiting.delete(blockIndex);
    },
    fail(cause) {
      failure = cause ?? new Error('unknown failure');
      waiting.clear();
    },
  };
}

/** What is in the index of a session's staged blocks, ascending. */
export function stagedPages(index: BlockIndex, sessionId: string): AsyncIterable<StagedEntry[]> {
  return pages(
    from => index.staged(sessionId, from, entriesAtATime),
    ([last]) => last,
  );
}

/** Page after page until one is empty; lets requests run between two. */
async function* pages<T>(page: (from: number) => T[], indexOf: (item: T) => number): AsyncGenerator<T[]> {
  for (let items = page(0); items.length > 0; items = page(indexOf(items.at(-1)!) + 1)) {
    yield items;
    await new Promise(resolve => setImmediate(resolve));
  }
}
