/** What `amity fsck` finds in one block store. It makes folders that are missing, and changes nothing else on disk. */
import type { BlockReference } from '../../../../domain/manifest.ts';
import { prepareFolders, storeFolders } from '../files/folders.ts';
import { localPackStorage } from '../files/local-pack-storage.ts';
import { manifestFiles } from '../files/manifest-files.ts';
import { lockWriter } from '../files/writer-lock.ts';
import { keyRing } from '../keys/key-ring.ts';
import { pooledReader } from '../read/pooled-reader.ts';
import { WorkerPool } from '../threads/worker-pool.ts';
import { checkBlocks, keyOfBlock } from './check-blocks.ts';
import { openIndexToCheck } from './check-index.ts';
import { checkManifests, type DamagedSnapshot } from './check-manifests.ts';
import { checkPacks, type PackProblem } from './check-packs.ts';

export interface CheckStoreOptions {
  /** `DATA/<region>/blocks`, which nobody has open to write. */
  folder: string;
  masterKey: Buffer;
  /** Also reads, decrypts and hashes every block. */
  readData?: boolean;
}

export interface StoreCheck {
  packs: number;
  /** Different blocks. */
  blocks: number;
  snapshots: number;
  /** Why the index is of no use; it is rebuilt from the packs. */
  index?: string;
  packProblems: PackProblem[];
  /** Snapshots of which something is lost. */
  damaged: DamagedSnapshot[];
}

/** @throws when another process writes to the store, or the master key is not this store's */
export async function checkStore(options: CheckStoreOptions): Promise<StoreCheck> {
  const { folder, masterKey, readData = false } = options;
  const folders = storeFolders(folder);
  await prepareFolders(folders);
  const lock = lockWriter(folders.lock);
  const storage = localPackStorage(folders.packs);
  const pool = new WorkerPool();
  try {
    const keys = keyRing(folders.keys, masterKey);
    await keys.check();
    const { index, unusable } = await openIndexToCheck(folders.index, storage, keys);
    const reader = pooledReader(storage, keys, index, pool);
    try {
      const { sizes, problems: packProblems } = await checkPacks(storage, index, readData);
      const { blocks, bad } = await checkBlocks({
        ...{ index, keys, sizes, describe: storage.describe },
        reader: readData ? reader : undefined,
      });
      const problemOf = (reference: BlockReference) =>
        bad.get(keyOfBlock(reference)) ??
        (index.recipe(reference) ? undefined : 'it is not in the store: no pack that is whole holds it');
      const { snapshots, damaged } = await checkManifests({
        manifests: manifestFiles(folders.manifests),
        problemOf,
        isForgotten: keys.isForgotten,
      });
      return { packs: sizes.size, blocks, snapshots, index: unusable, packProblems, damaged };
    } finally {
      reader.close();
      index.close();
    }
  } finally {
    await pool.close();
    await storage.close();
    lock.release();
  }
}
