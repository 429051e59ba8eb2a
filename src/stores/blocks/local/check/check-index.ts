import type { DatabaseSync } from 'node:sqlite';
import type { PackStorage } from '../files/pack-storage.ts';
import { type BlockIndex, blockIndex } from '../index/block-index.ts';
import { openIndexFile, openIndexFileReadOnly } from '../index/index-schema.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { recoverPacks } from './recovery.ts';

export interface CheckedIndex {
  index: BlockIndex;
  /** Why the index on disk is of no use; the one here was then read from the packs, and is nowhere else. */
  unusable?: string;
}

/** The index of a store that nobody has open, to be looked at. Changes nothing on disk. */
export async function openIndexToCheck(
  path: string,
  storage: PackStorage,
  keys: KeyRing,
): Promise<CheckedIndex> {
  try {
    const db = openIndexFileReadOnly(path);
    const problem = damageOf(db);
    if (problem === undefined) return { index: blockIndex(db) };
    db.close();
    return { index: await indexOfPacks(storage, keys), unusable: problem };
  } catch (error) {
    return { index: await indexOfPacks(storage, keys), unusable: (error as Error).message };
  }
}

function damageOf(db: DatabaseSync): string | undefined {
  try {
    const found = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
    return found === 'ok' ? undefined : String(found);
  } catch (error) {
    return (error as Error).message;
  }
}

/** What a lost index would be rebuilt as, in a file without a name. */
async function indexOfPacks(storage: PackStorage, keys: KeyRing): Promise<BlockIndex> {
  const index = blockIndex(await openIndexFile('', keys));
  await recoverPacks(untouched(storage), index, keys);
  return index;
}

/** Packs that are read only: recovery would seal what a crash has left open, and remove what is empty. */
function untouched(storage: PackStorage): PackStorage {
  const nothing = async () => {};
  return {
    ...storage,
    remove: nothing,
    reopen: async () => ({ write: nothing, sync: nothing, seal: nothing, abandon: nothing }),
  };
}
