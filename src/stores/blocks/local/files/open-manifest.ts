import { type FileHandle, open } from 'node:fs/promises';
import { chunkBlocks, type ManifestChunk } from '../../../../domain/manifest.ts';
import type { Manifest } from '../../block-store.ts';
import { manifestHandle } from '../../manifest-handle.ts';
import { MalformedFile } from '../formats/byte-reader.ts';
import {
  checkChunk,
  decodeDirectory,
  decodeManifestTrailer,
  entryLength,
  type ManifestDirectory,
  manifestHeaderLength,
  manifestTrailerLength,
  manifestVersion,
  type RawChunk,
  viewChunk,
} from '../formats/manifest-format.ts';
import { upgradeManifest1 } from '../formats/manifest-format-1.ts';

export interface LocalManifest extends Manifest {
  readonly domains: readonly string[];
  /** Loads chunks one after the other: each may be used until the next one is asked for. */
  walker(): (number: number) => Promise<ManifestChunk>;
  /**
   * The bytes of chunks that follow each other in `chunkNumbers`, checked, to be copied into another manifest.
   * They lie in `into`, one behind the other. @throws MalformedFile
   */
  rawChunks(numbers: readonly number[], into: Buffer): Promise<RawChunk[]>;
}

/** Bytes of a manifest file of version 2, wherever they are. */
interface Source {
  size: number;
  /** Exactly so many bytes. @throws MalformedFile if there are fewer */
  read(offset: number, into: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Enough for the directory of a full volume of 1 TiB: it and the trailer take one read. */
const tailLength = 32 * 1024;

/**
 * Opens a manifest file: reads what is said of the whole, no chunk. Undefined if there is none.
 * @param cachedChunks chunks kept in memory, 144 KiB each at most
 * @throws MalformedFile when that is damaged
 */
export async function openManifestFile(
  path: string,
  snapshotId: string,
  cachedChunks: number,
): Promise<LocalManifest | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const source = await sourceOf(file);
    const directory = await readDirectory(source);
    if (directory.snapshotId !== snapshotId)
      throw new MalformedFile(`Manifest is that of ${directory.snapshotId}`);
    return localManifest(path, source, directory, cachedChunks);
  } catch (error) {
    await file.close();
    throw error instanceof MalformedFile ? namedAfter(path, error) : error;
  }
}

async function sourceOf(file: FileHandle): Promise<Source> {
  const { size } = await file.stat();
  const read = (offset: number, into: Buffer) => readInto(file, offset, into);
  const header = Buffer.alloc(manifestHeaderLength);
  await read(0, header);
  if (manifestVersion(header) === 2) return { size, read, close: () => file.close() };
  const whole = Buffer.allocUnsafeSlow(size);
  await read(0, whole);
  await file.close();
  const bytes = upgradeManifest1(whole);
  return {
    size: bytes.length,
    async read(offset, into) {
      bytes.copy(into, 0, offset);
    },
    close: async () => undefined,
  };
}

async function readInto(file: FileHandle, offset: number, into: Buffer): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, offset + done);
    if (bytesRead === 0) throw new MalformedFile(`Manifest ends at byte ${offset + done}`);
    done += bytesRead;
  }
}

async function readDirectory(source: Source): Promise<ManifestDirectory> {
  if (source.size < manifestHeaderLength + manifestTrailerLength)
    throw new MalformedFile(`Manifest has ${source.size} bytes`);
  const tail = Buffer.allocUnsafe(Math.min(source.size, tailLength));
  await source.read(source.size - tail.length, tail);
  const { directoryLength, digest } = decodeManifestTrailer(tail.subarray(-manifestTrailerLength));
  const offset = source.size - manifestTrailerLength - directoryLength;
  if (offset < manifestHeaderLength) throw new MalformedFile('Manifest directory is longer than its file');
  const directory = Buffer.allocUnsafeSlow(directoryLength);
  const inTail = tail.length - manifestTrailerLength - directoryLength;
  if (inTail >= 0) tail.copy(directory, 0, inTail);
  else await source.read(offset, directory);
  return decodeDirectory(directory, digest, offset);
}

function localManifest(
  path: string,
  source: Source,
  directory: ManifestDirectory,
  cachedChunks: number,
): LocalManifest {
  const { snapshotId, volumeSize, blockCount, chunks, domains } = directory;
  const damaged = (number: number, cause: MalformedFile) => namedAfter(`${path}, chunk ${number}`, cause);
  const load = async (number: number, into?: Buffer): Promise<ManifestChunk> => {
    const { offset, entryCount } = chunks.get(number)!;
    const length = entryCount * entryLength;
    const bytes = into?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length);
    try {
      await source.read(offset, bytes);
      return viewChunk(bytes, number, directory);
    } catch (error) {
      throw error instanceof MalformedFile ? damaged(number, error) : error;
    }
  };
  const walker = () => {
    // One buffer for a whole walk: a new one for each chunk would stay until the next collection of garbage.
    const buffer = Buffer.allocUnsafeSlow(chunkBlocks * entryLength);
    return (number: number) => load(number, buffer);
  };
  const handle = manifestHandle(
    { snapshotId, volumeSize, blockCount },
    {
      numbers: [...chunks.keys()],
      load: number => load(number),
      walker,
      fingerprint: number => chunks.get(number)!.sha256.toString('hex'),
      close: source.close,
    },
    cachedChunks,
  );
  return {
    ...handle,
    domains,
    walker,
    async rawChunks(numbers, into) {
      const places = numbers.map(number => chunks.get(number)!);
      const first = places[0]?.offset ?? 0;
      const length = places.reduce((sum, { entryCount }) => sum + entryCount * entryLength, 0);
      await source.read(first, into.subarray(0, length));
      return places.map(({ offset, entryCount, sha256 }, position) => {
        const bytes = into.subarray(offset - first, offset - first + entryCount * entryLength);
        try {
          checkChunk(bytes, { entryCount, sha256 });
        } catch (error) {
          throw damaged(numbers[position]!, error as MalformedFile);
        }
        return { bytes, entryCount, sha256 };
      });
    },
  };
}

function namedAfter(where: string, cause: MalformedFile): MalformedFile {
  return new MalformedFile(`${where}: ${cause.message}`, { cause });
}
