import { join } from 'node:path';
import { type LocalBlockStore, openLocalBlockStore } from '../local/local-block-store.ts';
import { type ClaimOptions, claimBucket } from './claim.ts';
import { type LeaseTimes, leasedObjects, takeLease } from './lease.ts';
import { openStagedPackStorage } from './staged-pack-storage.ts';

export interface StagedBlockStoreOptions extends ClaimOptions {
  /** Bytes at which a pack is sealed: 16 MiB unless a test wants less. */
  target?: number;
  lease?: LeaseTimes;
  /** Told when a server that is gone has to be waited for. */
  notice?(text: string): void;
}

/** Where packs wait on this machine until the bucket has them. */
export function stagingFolder(folder: string): string {
  return join(folder, 'staging');
}

/**
 * Blocks in a bucket. The folder has the index, packs on their way, and copies of manifests and wrapped keys; all that is
 * committed is in the bucket too, so that a lost folder is made anew from it when it is opened. Closes `objects`.
 * @throws WrongPlace when folder and bucket do not belong together, or another server uses the bucket
 */
export async function openStagedBlockStore(options: StagedBlockStoreOptions): Promise<LocalBlockStore> {
  const { folder, masterKey, name, target } = options;
  await using opening = new AsyncDisposableStack();
  opening.defer(() => options.objects.close());
  await claimBucket(options);
  const lease = await takeLease({ ...options, times: options.lease });
  const objects = leasedObjects(options.objects, lease);
  opening.defer(() => objects.close());
  const packs = await openStagedPackStorage({ objects, name, folder: stagingFolder(folder), target });
  opening.defer(() => packs.close());
  const store = await openLocalBlockStore({ folder, masterKey, packs, objects });
  // The store closes them now.
  opening.move();
  return store;
}
