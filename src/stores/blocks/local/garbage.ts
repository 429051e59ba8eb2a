import type { BlockIndex } from './block-index.ts';
import type { BlockWriter } from './block-writer.ts';
import { garbageStatements } from './garbage-statements.ts';
import type { ManifestFiles } from './manifest-files.ts';
import type { PackStorage } from './pack-storage.ts';
import { sweepSegments } from './segment-garbage.ts';

export interface GarbageReport {
  /** Blocks the index no longer lists. */
  blocksRemoved: number;
  segmentsRemoved: number;
  packsRemoved: number;
}

export interface GarbageOptions {
  storage: PackStorage;
  index: BlockIndex;
  writer: BlockWriter;
  manifests: ManifestFiles;
  /** Stages what open sessions wait for. */
  settle(): void;
  /** Keeps commits from making manifests while blocks are swept. */
  withManifestsStill<T>(work: () => Promise<T>): Promise<T>;
  /** Grows whenever unflushed index changes were lost, marks among them. */
  generation(): number;
  change<T>(work: () => T): T;
}

const blocksAtATime = 5_000;

/**
 * Forgets blocks that neither a manifest nor an open session lists, then segments that no block names, and removes packs
 * left with nothing. Writers and readers go on meanwhile; only commits wait, and only for the sweep of blocks. Killed
 * anywhere, it left live ones alone and starts over. A pack that is partly dead keeps its bytes until packs are compacted.
 */
export async function collectGarbage(options: GarbageOptions): Promise<GarbageReport> {
  const { index, manifests, settle, change } = options;
  // Only packs sealed before the flush: all their blocks are listed after it.
  const candidates = new Set(index.packs().flatMap(({ pack, sealed }) => (sealed ? [pack] : [])));
  await options.writer.flush();
  const generation = options.generation();
  const statements = change(() => garbageStatements(index.db));
  const step = <T>(work: () => T): T => {
    if (options.generation() !== generation)
      throw new Error('A write failed during garbage collection: run it again');
    return change(work);
  };
  const marked = new Set<string>();
  const markAll = async () => {
    for (const snapshotId of await manifests.list()) {
      if (marked.has(snapshotId)) continue;
      const manifest = await manifests.open(snapshotId);
      try {
        for await (const batch of manifest?.entries() ?? []) {
          step(() => statements.mark(batch.map(([, { domain, digest }]) => [domain, digest])));
          await breathe();
        }
      } finally {
        await manifest?.close();
      }
      marked.add(snapshotId);
    }
  };

  step(() => {
    index.begin();
    statements.start();
  });
  await markAll();
  const blocksRemoved = await options.withManifestsStill(async () => {
    await markAll();
    let removed = 0;
    for (let more = true; more; await breathe())
      more = step(() => {
        index.begin();
        settle();
        const swept = statements.sweepNext(blocksAtATime);
        index.commit();
        removed += swept.removed;
        return swept.more;
      });
    return removed;
  });
  const segmentsRemoved = await sweepSegments({ index, writer: options.writer, statements, step });
  const packsRemoved = await removeEmptyPacks(options, candidates);
  step(() => {
    index.begin();
    statements.start();
    index.commit();
  });
  return { blocksRemoved, segmentsRemoved, packsRemoved };
}

async function removeEmptyPacks({ index, storage, change }: GarbageOptions, candidates: Set<number>) {
  const empty = index.emptyPacks().filter(pack => candidates.has(pack));
  if (empty.length === 0) return 0;
  await storage.remove(empty);
  // Rows last: a row without a file is dropped when the store opens; a file without a row would be read in again.
  change(() => {
    for (const pack of empty) index.dropPack(pack);
    index.commit();
  });
  return empty.length;
}

/** Lets requests run between two steps. */
function breathe(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
