import type { PackReader } from '../files/pack-storage.ts';
import type { BlockIndex } from '../index/block-index.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { WorkerPool } from '../threads/worker-pool.ts';
import { type BlockReader, blockReader } from './block-reader.ts';
import { segmentReader } from './segment-reader.ts';

/** Reads what an index lists that nobody else changes; threads decrypt, decompress and hash. */
export function pooledReader(
  storage: PackReader,
  keys: KeyRing,
  index: BlockIndex,
  pool: WorkerPool,
): BlockReader {
  const segments = segmentReader({
    storage,
    keys,
    recipe: reference => index.recipe(reference),
    segment: (domain, number) => index.segments.find(domain, number),
    refresh: async () => {},
    open: input => pool.open(input),
  });
  return blockReader({ segments, hash: bytes => pool.hash(bytes) });
}
