import type { ManifestFiles } from '../files/manifest-files.ts';
import type { PackStorage } from '../files/pack-storage.ts';
import type { BlockIndex } from '../index/block-index.ts';
import { type BlockKey, garbageStatements } from '../index/garbage-statements.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { BlockWriter } from '../write/block-writer.ts';
import { blockMarks } from './block-marks.ts';
import { breathe } from './breathe.ts';
import { compactPacks } from './compaction.ts';
import { countListed, markManifests } from './mark-manifests.ts';
import { sweepSegments } from './segment-garbage.ts';

export interface GarbageReport {
  /** Blocks the index no longer lists. */
  blocksRemoved: number;
  segmentsRemoved: number;
  packsRemoved: number;
  /** Packs whose live bytes were moved to others; they are removed by a later collection. */
  packsCompacted: number;
}

export interface GarbageOptions {
  storage: PackStorage;
  index: BlockIndex;
  keys: KeyRing;
  writer: BlockWriter;
  manifests: ManifestFiles;
  /** Stages what open sessions wait for. */
  settle(): void;
  /** Keeps commits from making manifests while blocks are swept. */
  withManifestsStill<T>(work: () => Promise<T>): Promise<T>;
  /** Grows whenever unflushed index changes were lost. */
  generation(): number;
  change<T>(work: () => T): T;
  /** Packs that compaction has emptied, and when (`performance.now`): kept from one collection to the next. */
  emptied: Map<number, number>;
  /** Milliseconds for which an emptied pack stays, for readers that asked the index before. */
  grace: number;
  /** Bytes of sealed packs, which do not change: kept from one collection to the next. */
  sizes: Map<number, number>;
}

/** One step of a collection; throws where unflushed changes were lost meanwhile. */
export type Step = <T>(work: () => T) => T;

const blocksAtATime = 2_000;

/**
 * Forgets blocks that neither a manifest nor an open session lists, then segments that no block names, removes packs
 * left with nothing, and moves what lives in packs that are mostly dead or small to new ones. Writers and readers go on
 * meanwhile; only commits wait, and only for the sweep of blocks. Killed anywhere, it left live ones alone and starts over.
 */
export async function collectGarbage(options: GarbageOptions): Promise<GarbageReport> {
  const { index, manifests, settle, change, writer } = options;
  // Only packs sealed before the flush: all their blocks are listed after it.
  const candidates = new Set(index.packs().flatMap(({ pack, sealed }) => (sealed ? [pack] : [])));
  await writer.flush();
  const generation = options.generation();
  const statements = change(() => garbageStatements(index.db));
  const step: Step = work => {
    if (options.generation() !== generation)
      throw new Error('A write failed during garbage collection: run it again');
    return change(work);
  };

  const expected = Math.min(await countListed(manifests), step(statements.mostBlocks));
  const marks = blockMarks(expected);
  const marked = new Set<string>();
  const markAll = () => markManifests({ manifests, marks, domainId: statements.domainId }, marked);
  await markAll();
  const blocksRemoved = await options.withManifestsStill(async () => {
    await markAll();
    let removed = 0;
    for (let after: BlockKey | undefined, more = true; more; more = after !== undefined) {
      after = step(() => {
        index.begin();
        settle();
        const swept = statements.sweep(blocksAtATime, marks.isLive, after);
        index.commit();
        removed += swept.removed;
        return swept.last;
      });
      await breathe();
    }
    return removed;
  });
  const swept = await sweepSegments({ index, writer, statements, step });
  const packsRemoved = await removeEmptyPacks(options, candidates);
  const packsCompacted = await compactPacks({ ...options, candidates, live: swept.live, step });
  return { blocksRemoved, segmentsRemoved: swept.removed, packsRemoved, packsCompacted };
}

async function removeEmptyPacks(options: GarbageOptions, candidates: Set<number>) {
  const { index, storage, change, emptied, grace, sizes } = options;
  const isOver = (pack: number) =>
    (emptied.get(pack) ?? Number.NEGATIVE_INFINITY) + grace <= performance.now();
  const empty = index.emptyPacks().filter(pack => candidates.has(pack) && isOver(pack));
  if (empty.length === 0) return 0;
  await storage.remove(empty);
  // Rows last: a row without a file is dropped when the store opens; a file without a row would be read in again.
  change(() => {
    for (const pack of empty) index.dropPack(pack);
    index.commit();
  });
  for (const pack of empty) {
    emptied.delete(pack);
    sizes.delete(pack);
  }
  return empty.length;
}
