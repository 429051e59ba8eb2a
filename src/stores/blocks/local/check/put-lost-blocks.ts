import { randomBytes } from 'node:crypto';
import type { BlockReference } from '../../../../domain/manifest.ts';
import { storeFolders } from '../files/folders.ts';
import { lockWriter } from '../files/writer-lock.ts';
import { blockIndex } from '../index/block-index.ts';
import { openIndexFile, openIndexFileReadOnly } from '../index/index-schema.ts';
import { keyRing } from '../keys/key-ring.ts';
import { openLocalBlockStore } from '../local-block-store.ts';
import { openSnapshotReader, type SnapshotReader } from '../read/snapshot-reader.ts';
import { segmentsOf } from './second-copies.ts';

/** A block's bytes out of another store, verified; undefined where it does not have them. */
export type ReadElsewhere = (digest: string) => Promise<Buffer | undefined>;

interface Store {
  folder: string;
  masterKey: Buffer;
}

/**
 * Stores lost blocks anew under their own key, where another key domain, or another store, has them too.
 * Killed anywhere, it is repeated. @returns how many
 */
export async function putLostBlocks(
  store: Store,
  lost: readonly BlockReference[],
  elsewhere: ReadElsewhere,
): Promise<number> {
  if (lost.length === 0) return 0;
  const copies = copiesIn(store);
  const readCopy = async (reference: BlockReference) =>
    (await copies.read(reference.digest, reference.domain)) ?? (await elsewhere(reference.digest));
  try {
    const found: BlockReference[] = [];
    for (const reference of lost) if (await readCopy(reference)) found.push(reference);
    if (found.length === 0) return 0;
    await forget(store, found, copies.reader);
    const blocks = await openLocalBlockStore(store);
    try {
      for (const [domain, members] of Map.groupBy(found, reference => reference.domain)) {
        const session = await blocks.openSession(`fsck-${randomBytes(8).toString('hex')}`, domain);
        for (const [position, reference] of members.entries())
          await session.put(position, (await readCopy(reference))!);
        await session.flush();
        // The snapshots that list them keep them from here on.
        await session.abort();
      }
    } finally {
      await blocks.close();
    }
    return found.length;
  } finally {
    await copies.close();
  }
}

/** The index forgets rows that lead nowhere: what it lists is not stored anew, nor are pages it believes to have. */
async function forget(
  { folder, masterKey }: Store,
  blocks: readonly BlockReference[],
  reader: SnapshotReader,
): Promise<void> {
  const folders = storeFolders(folder);
  const lock = lockWriter(folders.lock);
  try {
    const index = blockIndex(await openIndexFile(folders.index, keyRing(folders.keys, masterKey)));
    try {
      for (const reference of blocks) {
        const { domain } = reference;
        const segments = segmentsOf(index, reference);
        for (const segment of segments)
          if (!(await isReadable(reader, domain, segment))) {
            index.begin();
            index.segments.drop(segment);
          }
        index.dropBlock(reference);
      }
      index.commit();
    } finally {
      index.close();
    }
  } finally {
    lock.release();
  }
}

const isReadable = (reader: SnapshotReader, domain: string, segment: number) =>
  reader.segment(domain, segment).then(
    () => true,
    () => false,
  );

/** Reads blocks of a store by their digests alone. */
export function copiesIn({ folder, masterKey }: Store) {
  const reader = openSnapshotReader({ folder, masterKey });
  const index = blockIndex(openIndexFileReadOnly(storeFolders(folder).index));
  return {
    reader,
    /** @param except a key domain that is known not to have it */
    async read(digest: string, except?: string): Promise<Buffer | undefined> {
      for (const domain of index.domains()) {
        if (domain === except || !index.recipe({ domain, digest })) continue;
        const bytes = await reader.read({ domain, digest }).catch(() => undefined);
        if (bytes) return bytes;
      }
      return undefined;
    },
    async close() {
      index.close();
      await reader.close();
    },
  };
}
