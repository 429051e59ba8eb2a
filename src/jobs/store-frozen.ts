import type { FrozenVolume } from '../disks/disk.ts';
import { type BlockSet, blockSet } from '../domain/block-set.ts';
import { blockSize } from '../domain/manifest.ts';
import type { WriteSession } from '../stores/blocks/block-store.ts';

/** Reads and what they bring stored at the same time: enough to keep reading while a block is compressed. */
const inFlight = 4;
/** Neighbouring blocks of one read. */
const blocksAtATime = 4;
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
  let done = 0;
  const storeBatch = async (batch: number[]) => {
    signal.throwIfAborted();
    if (!(await onProgress(Math.floor((99 * done) / touched.size)))) return false;
    const reads = runsOf(batch);
    const lane = async () => {
      for (let run = reads.next(); !run.done; run = reads.next()) await storeRun(frozen, session, run.value);
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    await session.flush();
    done += batch.length;
    return true;
  };

  for (const index of touched.indexes()) if (staged.has(index)) done++;
  let batch: number[] = [];
  for (const index of touched.indexes()) {
    if (staged.has(index) || batch.push(index) < checkpointEvery) continue;
    if (!(await storeBatch(batch))) return false;
    batch = [];
  }
  if (batch.length > 0 && !(await storeBatch(batch))) return false;
  return onProgress(99);
}

interface Run {
  first: number;
  count: number;
}

/** Indexes that follow each other, joined to what one read takes. */
function* runsOf(indexes: readonly number[]): Generator<Run> {
  let run: Run | undefined;
  for (const index of indexes) {
    if (run && index === run.first + run.count && run.count < blocksAtATime) run.count++;
    else {
      if (run) yield run;
      run = { first: index, count: 1 };
    }
  }
  if (run) yield run;
}

async function storeRun(frozen: StoredDisk, session: WriteSession, { first, count }: Run): Promise<void> {
  const offset = first * blockSize;
  const bytes = await frozen.read(offset, Math.min(count * blockSize, frozen.size - offset));
  for (let i = 0; i < count; i++) {
    const block = bytes.subarray(i * blockSize, (i + 1) * blockSize);
    await session.put(first + i, block.length === blockSize ? block : padded(block));
  }
}

/** The last block of a volume may be short; the rest of it reads as zeroes. */
function padded(bytes: Buffer): Buffer {
  const block = Buffer.alloc(blockSize);
  bytes.copy(block);
  return block;
}

/** The blocks that extents touch. */
export function blocksOf(extents: ReadonlyArray<{ offset: number; length: number }>): BlockSet {
  const blocks = blockSet();
  for (const { offset, length } of extents) {
    if (length === 0) continue;
    const last = Math.floor((offset + length - 1) / blockSize);
    for (let index = Math.floor(offset / blockSize); index <= last; index++) blocks.add(index);
  }
  return blocks;
}
