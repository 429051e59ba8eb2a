/** A raw disk file becomes a snapshot through the EBS direct APIs, which take blocks of half a MiB. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Range } from './allocated.ts';

/** A snapshot that is being written. */
export interface SnapshotWriter {
  snapshotId: string;
  /** Bytes of every block. */
  blockSize: number;
  put(index: number, block: Buffer, checksum: string): Promise<void>;
  /** `checksum`: of the blocks' own checksums in a row, the API's LINEAR aggregation. */
  complete(blocks: number, checksum: string): Promise<void>;
}

export interface UploadOptions {
  size: number;
  /** Where the file holds something, ascending; all else is not read. The whole file unless said. */
  allocated?: readonly Range[];
  /** Blocks on their way at once. */
  parallel?: number;
  onProgress?: (portion: number) => void;
}

const gibibyte = 2 ** 30;

/** The volume a disk of `size` bytes needs, in whole GiB. */
export const volumeSizeFor = (size: number) => Math.ceil(size / gibibyte);

/** Writes the file's blocks, all but those of zeroes only, and completes the snapshot. Returns how many were sent. */
export async function uploadDisk(
  path: string,
  writer: SnapshotWriter,
  options: UploadOptions,
): Promise<number> {
  const { size, allocated = [{ offset: 0, length: size }], parallel = 8, onProgress } = options;
  const file = await open(path);
  const digests = createHash('sha256');
  const underWay = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  let sent = 0;
  try {
    for await (const { index, block } of blocksOf(file, size, writer.blockSize, allocated)) {
      const digest = createHash('sha256').update(block).digest();
      digests.update(digest);
      sent++;
      const one = writer.put(index, block, digest.toString('base64')).then(
        () => onProgress?.(Math.min(1, ((index + 1) * writer.blockSize) / size)),
        error => {
          failure ??= { error };
        },
      );
      underWay.add(one);
      one.finally(() => underWay.delete(one));
      if (underWay.size >= parallel) await Promise.race(underWay);
      if (failure) break;
    }
    await Promise.all(underWay);
    if (failure) throw failure.error;
  } finally {
    await file.close();
  }
  await writer.complete(sent, digests.digest('base64'));
  return sent;
}

/** The blocks that hold something, in order; the last is filled up with zeroes. */
async function* blocksOf(file: FileHandle, size: number, blockSize: number, allocated: readonly Range[]) {
  const zeroes = Buffer.alloc(blockSize);
  let buffer = Buffer.alloc(blockSize);
  for (const index of touched(allocated, size, blockSize)) {
    const length = Math.min(blockSize, size - index * blockSize);
    await fill(file, buffer, length, index * blockSize);
    if (buffer.equals(zeroes)) continue;
    yield { index, block: buffer };
    buffer = Buffer.alloc(blockSize);
  }
}

/** The indexes of blocks that ranges touch, ascending, each once. */
function* touched(ranges: readonly Range[], size: number, blockSize: number) {
  let next = 0;
  for (const { offset, length } of ranges) {
    const end = Math.min(offset + length, size);
    for (next = Math.max(next, Math.floor(offset / blockSize)); next * blockSize < end; next++) yield next;
  }
}

async function fill(file: FileHandle, buffer: Buffer, length: number, position: number): Promise<void> {
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0)
      throw new Error('The file became shorter while it was read: leave it alone and start again.');
    done += bytesRead;
  }
  buffer.fill(0, length);
}
