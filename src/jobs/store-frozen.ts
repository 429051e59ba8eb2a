import type { FrozenVolume } from '../disks/disk.ts';
import { blockSize } from '../domain/manifest.ts';
import type { WriteSession } from '../stores/blocks/block-store.ts';

/** Blocks read and stored at the same time: enough to keep reading while one is compressed. */
const inFlight = 4;
/** After so many blocks what is staged is made durable and progress is told (32 MiB). */
const checkpointEvery = 64;

/** A frozen volume, or an imported disk, of which everything that holds data has changed. */
type StoredDisk = Pick<FrozenVolume, 'size' | 'changed' | 'read'>;

/**
 * Stages every block of a disk that may differ from its base. What an interrupted run has staged is not read
 * again. `onProgress` is told percent below 100 and answers whether to go on; the result says whether all is staged.
 */
export async function storeFrozen(
  frozen: StoredDisk,
  session: WriteSession,
  signal: AbortSignal,
  onProgress: (percent: number) => Promise<boolean>,
): Promise<boolean> {
  const touched = blocksOf(await frozen.changed());
  const staged = await session.staged();
  const missing = touched.filter(index => !staged.has(index));
  for (let start = 0; start < missing.length; start += checkpointEvery) {
    signal.throwIfAborted();
    const percent = Math.floor((99 * (touched.length - missing.length + start)) / touched.length);
    if (!(await onProgress(percent))) return false;
    const batch = missing.slice(start, start + checkpointEvery);
    await Promise.all(Array.from({ length: inFlight }, (_, lane) => storeLane(frozen, session, batch, lane)));
    await session.flush();
  }
  return onProgress(99);
}

async function storeLane(frozen: StoredDisk, session: WriteSession, batch: number[], lane: number) {
  for (let i = lane; i < batch.length; i += inFlight) {
    const index = batch[i]!;
    const offset = index * blockSize;
    const bytes = await frozen.read(offset, Math.min(blockSize, frozen.size - offset));
    await session.put(index, bytes.length === blockSize ? bytes : padded(bytes));
  }
}

/** The last block of a volume may be short; the rest of it reads as zeroes. */
function padded(bytes: Buffer): Buffer {
  const block = Buffer.alloc(blockSize);
  bytes.copy(block);
  return block;
}

/** The indexes of the blocks that extents touch, ascending, each once. */
export function blocksOf(extents: ReadonlyArray<{ offset: number; length: number }>): number[] {
  const indexes: number[] = [];
  for (const { offset, length } of extents) {
    if (length === 0) continue;
    const last = Math.floor((offset + length - 1) / blockSize);
    for (let index = Math.floor(offset / blockSize); index <= last; index++)
      if (index > (indexes.at(-1) ?? -1)) indexes.push(index);
  }
  return indexes;
}
