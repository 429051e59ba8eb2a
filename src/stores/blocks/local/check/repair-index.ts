import { rename } from 'node:fs/promises';
import type { BlockReference } from '../../../../domain/manifest.ts';
import { syncFolder } from '../files/durable-file.ts';
import { type StoreFolders, storeFolders } from '../files/folders.ts';
import { localPackStorage } from '../files/local-pack-storage.ts';
import type { PackStorage } from '../files/pack-storage.ts';
import { lockWriter } from '../files/writer-lock.ts';
import { DamagedPack, movePacks } from '../garbage/move-packs.ts';
import { type BlockIndex, blockIndex } from '../index/block-index.ts';
import { openIndexFile } from '../index/index-schema.ts';
import { type KeyRing, keyRing } from '../keys/key-ring.ts';
import { blockReader } from '../read/block-reader.ts';
import { segmentReader } from '../read/segment-reader.ts';
import { tasks } from '../threads/worker-tasks.ts';
import type { CheckStoreOptions, StoreCheck } from './check-store.ts';
import { recoverPacks } from './recovery.ts';
import { restoreFingerprints } from './restore-fingerprints.ts';
import { findSecondCopies } from './second-copies.ts';

export interface IndexRepair {
  /** In words for the operator. */
  done: string[];
  /** Blocks that cannot be had from this store's packs, whose key is there. */
  lost: BlockReference[];
}

/**
 * Mends what a store's own packs and index can tell of each other: an index of no use is set aside and rebuilt, rows are
 * led to second copies, packs whose lists are damaged are written anew, fingerprints come back. Killed anywhere, it is
 * repeated.
 */
export async function repairIndex(options: CheckStoreOptions, found: StoreCheck): Promise<IndexRepair> {
  const folders = storeFolders(options.folder);
  const lock = lockWriter(folders.lock);
  const storage = localPackStorage(folders.packs);
  const done: string[] = [];
  try {
    if (found.index !== undefined) {
      await setAside(folders);
      done.push('the index was rebuilt from the packs');
    }
    const keys = keyRing(folders.keys, options.masterKey);
    const index = blockIndex(await openIndexFile(folders.index, keys));
    try {
      await recoverPacks(storage, index, keys);
      const lost = await recoverBlocks(storage, index, keys, found, done);
      await replacePacks(storage, index, keys, found, done);
      const restored = await restoreFingerprints(index, keys, readerOf(storage, index, keys));
      if (restored > 0) done.push(`new data share pages with ${restored} older segments again`);
      return { done, lost };
    } finally {
      index.close();
    }
  } finally {
    await storage.close();
    lock.release();
  }
}

/** What is left of it may still tell an expert something. */
async function setAside(folders: StoreFolders): Promise<void> {
  for (const end of ['-wal', '-shm', ''])
    await rename(folders.index + end, `${folders.index}.damaged${end}`).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      },
    );
  await syncFolder(folders.root);
}

function readerOf(storage: PackStorage, index: BlockIndex, keys: KeyRing) {
  return segmentReader({
    ...{ storage, keys },
    recipe: reference => index.recipe(reference),
    segment: (domain, number) => index.segments.find(domain, number),
    refresh: async () => {},
    open: input => tasks.open(input),
  });
}

async function recoverBlocks(
  storage: PackStorage,
  index: BlockIndex,
  keys: KeyRing,
  found: StoreCheck,
  done: string[],
): Promise<BlockReference[]> {
  const blocks = new Map<string, BlockReference>();
  for (const { domain, digest } of found.damaged.flatMap(snapshot => snapshot.blocks))
    blocks.set(`${digest} ${domain}`, { domain, digest });
  await findSecondCopies({ index, keys, storage }, [...blocks.values()]);
  index.commit();
  const segments = readerOf(storage, index, keys);
  const reader = blockReader({ segments, hash: async bytes => tasks.hash({ bytes }) });
  const lost: BlockReference[] = [];
  for (const reference of blocks.values()) {
    const isRead = await reader.read(reference).then(
      () => true,
      () => false,
    );
    if (isRead) continue;
    const hasKey = await keys.find(reference.domain).catch(() => undefined);
    if (hasKey) lost.push(reference);
  }
  reader.close();
  if (blocks.size > lost.length) done.push(`${blocks.size - lost.length} blocks were found in second copies`);
  return lost;
}

async function replacePacks(
  storage: PackStorage,
  index: BlockIndex,
  keys: KeyRing,
  { packProblems }: StoreCheck,
  done: string[],
): Promise<void> {
  const packs = packProblems.filter(({ isReplaceable }) => isReplaceable).map(({ pack }) => pack);
  for (const pack of packs) {
    // Numbers behind all that are there: nobody else gives any meanwhile.
    let last = Math.max(index.lastPack(), ...(await storage.list()));
    const step = <T>(work: () => T) => work();
    try {
      await movePacks({ storage, index, keys, step, writer: { nextPack: () => ++last } }, [pack]);
      done.push(`what lives in ${storage.describe(pack)} was moved to a new pack`);
    } catch (error) {
      // Something in it is lost: it stays, and is told.
      if (!(error instanceof DamagedPack)) throw error;
    }
  }
}
