/** The file a hibernated guest's memory is in: there as a whole, on disk, or not at all. */
import { once } from 'node:events';
import { access, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress, constants as zlib } from 'node:zlib';
import { syncFolder } from '../../../stores/folders.ts';
import { MemoryUnusable, openMemory, type SealedMemory, sealMemory } from './sealed-memory.ts';

/** One guest's memory file, and what it is sealed under. */
export interface MemoryFile {
  path: string;
  instanceId: string;
  /** 32 bytes. */
  key: Uint8Array;
}

const draftOf = (path: string) => `${path}.draft`;

export async function hasMemory(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** Once it returns the memory is gone for good, also after a power failure. Absent is no error. */
export async function removeMemory(path: string): Promise<void> {
  await rm(draftOf(path), { force: true });
  if (!(await hasMemory(path))) return;
  await rm(path);
  await syncFolder(dirname(path));
}

/** Writes all that `memory` gives, and puts it in place when it is on disk and `isWhole` has come true. */
export async function writeMemory(
  { path, instanceId, key }: MemoryFile,
  about: unknown,
  memory: Readable,
  isWhole: Promise<void>,
): Promise<void> {
  const draft = draftOf(path);
  await rm(draft, { force: true });
  try {
    {
      await using file = await open(draft, 'wx', 0o600);
      const compress = createZstdCompress({ params: { [zlib.ZSTD_c_compressionLevel]: 1 } });
      memory.once('error', error => compress.destroy(error));
      // It may fail before it is read, which then throws the same.
      compress.on('error', () => undefined);
      memory.pipe(compress);
      await file.writeFile(sealMemory(key, instanceId, about, compress));
      await file.sync();
    }
    await isWhole;
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** What `writeMemory` wrote; `body` gives what `memory` gave. */
export async function readMemory({
  path,
  instanceId,
  key,
}: MemoryFile): Promise<SealedMemory & { close(): Promise<void> }> {
  const file = await open(path, 'r');
  const stream = file.createReadStream({ highWaterMark: 1024 * 1024 });
  const close = async () => {
    stream.destroy();
    if (!stream.closed) await once(stream, 'close');
  };
  try {
    const { about, body } = await openMemory(key, instanceId, stream);
    return { about, body: decompressed(body), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* decompressed(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decompress = createZstdDecompress();
  const fed = pipeline(compressed, decompress).catch(() => undefined);
  try {
    for await (const piece of decompress) yield piece;
  } catch (error) {
    if (error instanceof MemoryUnusable || !/^(ZSTD|Z)_/.test((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
    throw new MemoryUnusable('the memory file does not decompress', { cause: error });
  } finally {
    decompress.destroy();
    await fed;
  }
}
