/** A snapshot becomes a raw disk file; blocks the snapshot does not have stay holes. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Refusal } from '../errors.ts';

/** A snapshot that is being read. */
export interface SnapshotReader {
  /** Bytes of the volume. */
  size: number;
  /** Bytes of every block. */
  blockSize: number;
  /** The blocks it has, by ascending index. */
  blocks(): AsyncGenerator<ListedBlock>;
  read(block: ListedBlock): Promise<{ bytes: Uint8Array; checksum: string | undefined }>;
}

export interface ListedBlock {
  index: number;
  token: string;
}

export interface DownloadOptions {
  /** Blocks on their way at once. */
  parallel?: number;
  onProgress?: (portion: number) => void;
}

/**
 * Writes a new file `path` and returns how many blocks came.
 * @throws Refusal for a block that is not what its checksum says
 */
export async function downloadDisk(
  reader: SnapshotReader,
  path: string,
  { parallel = 8, onProgress }: DownloadOptions = {},
): Promise<number> {
  const { size, blockSize } = reader;
  const file = await open(path, 'wx');
  const blocks = reader.blocks();
  let came = 0;
  let failed = false;
  const work = async () => {
    try {
      while (!failed) {
        const { value: block, done } = await blocks.next();
        if (done) return;
        const { bytes, checksum } = await reader.read(block);
        checkBlock(block.index, bytes, checksum, blockSize);
        await writeAll(file, bytes, block.index * blockSize);
        came++;
        onProgress?.(Math.min(1, ((block.index + 1) * blockSize) / size));
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  try {
    await file.truncate(size);
    // All end before the file is closed, also when one has failed.
    const ends = await Promise.allSettled(Array.from({ length: parallel }, work));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await file.close();
  }
  return came;
}

function checkBlock(index: number, bytes: Uint8Array, checksum: string | undefined, blockSize: number): void {
  if (bytes.length !== blockSize)
    throw new Refusal(`Block ${index} came with ${bytes.length} bytes instead of ${blockSize}: try again.`);
  if (createHash('sha256').update(bytes).digest('base64') !== checksum)
    throw new Refusal(`Block ${index} is not what its checksum says: try again.`);
}

async function writeAll(
  file: Awaited<ReturnType<typeof open>>,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
