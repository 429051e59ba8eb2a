import type { BlockReference } from '../../../domain/manifest.ts';
import { sealBlock } from './block-cipher.ts';
import type { BlockIndex } from './block-index.ts';
import type { KeyRing } from './key-ring.ts';
import type { Location } from './pack-files.ts';
import type { PackEntry } from './pack-format.ts';
import { PackWriter } from './pack-writer.ts';
import { workQueue } from './queue.ts';

/** Blocks that are compressed and encrypted at a time: bounds memory, keeps zlib's threads busy. */
const concurrency = 8;

export interface BlockWriter {
  /** Writes a block the index does not list, once however many ask. Durable only after `flush`. */
  write(reference: BlockReference, plain: Uint8Array): Promise<void>;
  /** Where a block lies that is written and not in the index yet. */
  find(reference: BlockReference): Location | undefined;
  /** Everything written so far is on disk and in the index, and `settle`d. Calls made meanwhile share the next run. */
  flush(): Promise<void>;
  /** Forgets what is not flushed: after a failure nobody knows what of it is on disk. */
  reset(): void;
  close(): Promise<void>;
}

export interface BlockWriterOptions {
  packsFolder: string;
  packTarget?: number;
  index: BlockIndex;
  keys: KeyRing;
  /** Called inside the flush's transaction, when the blocks are listed: writes rows that wait for them. */
  settle(): void;
  /** Called when a flush failed. */
  onFailure(error: unknown): void;
}

export function blockWriter(options: BlockWriterOptions): BlockWriter {
  const { packsFolder, index, keys } = options;
  const unflushed = new Map<string, { entry?: PackEntry & { pack: number }; done: Promise<void> }>();
  const turn = workQueue(concurrency);
  let lastPack = index.lastPack();
  const packs = new PackWriter({
    folder: packsFolder,
    nextPack: () => ++lastPack,
    onSealed: pack => index.sealPack(pack),
    target: options.packTarget,
  });

  const seal = (reference: BlockReference, plain: Uint8Array) =>
    turn(async () => {
      const stored = await sealBlock(reference, plain, await keys.findOrCreate(reference.domain));
      return { reference, ...(await packs.append(reference, stored)) };
    });

  const flushOnce = async () => {
    try {
      const written = [...unflushed].filter(([, { entry }]) => entry);
      await packs.sync();
      for (const [, { entry }] of written) index.addBlocks(entry!.pack, [entry!]);
      options.settle();
      index.commit();
      for (const [key, item] of written) if (unflushed.get(key) === item) unflushed.delete(key);
    } catch (error) {
      options.onFailure(error);
      throw error;
    }
  };
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const flush = (): Promise<void> => {
    if (!running) {
      running = flushOnce().finally(() => {
        running = undefined;
      });
      return running;
    }
    const again = () => {
      next = undefined;
      return flush();
    };
    next ??= running.then(again, again);
    return next;
  };

  return {
    write(reference, plain) {
      const key = keyOf(reference);
      const already = unflushed.get(key);
      if (already) return already.done;
      const item: { entry?: PackEntry & { pack: number }; done: Promise<void> } = { done: Promise.resolve() };
      item.done = seal(reference, plain).then(
        entry => {
          item.entry = entry;
        },
        error => {
          if (unflushed.get(key) === item) unflushed.delete(key);
          throw error;
        },
      );
      unflushed.set(key, item);
      return item.done;
    },
    find: reference => unflushed.get(keyOf(reference))?.entry,
    flush,
    reset() {
      unflushed.clear();
      packs.abandon().catch(() => undefined);
    },
    async close() {
      await running?.catch(() => undefined);
      await packs.close();
    },
  };
}

function keyOf({ domain, digest }: BlockReference): string {
  return `${digest} ${domain}`;
}
