import { type FileHandle, open } from 'node:fs/promises';
import type { ManifestChunk } from '../../../domain/manifest.ts';
import type { Manifest } from '../block-store.ts';
import { manifestHandle } from '../manifest-handle.ts';
import { MalformedFile } from './byte-reader.ts';
import {
  type ChunkPlace,
  decodeDirectory,
  decodeManifestTrailer,
  entryLength,
  type ManifestDirectory,
  manifestHeaderLength,
  manifestTrailerLength,
  manifestVersion,
  type RawChunk,
  viewChunk,
} from './manifest-format.ts';
import { upgradeManifest1 } from './manifest-format-1.ts';
import { readExactly } from './pack-files.ts';

export interface LocalManifest extends Manifest {
  readonly domains: readonly string[];
  /** A chunk's bytes, checked, to be copied into another manifest. @throws MalformedFile */
  rawChunk(number: number): Promise<RawChunk>;
}

/** Bytes of a manifest file of version 2, wherever they are. */
interface Source {
  size: number;
  read(offset: number, length: number): Promise<Buffer>;
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
  const header = await readExactly(file, 0, Math.min(size, manifestHeaderLength));
  if (manifestVersion(header) === 1) {
    const bytes = upgradeManifest1(await readExactly(file, 0, size));
    await file.close();
    return {
      size: bytes.length,
      read: async (offset, length) => bytes.subarray(offset, offset + length),
      close: async () => undefined,
    };
  }
  return {
    size,
    read: (offset, length) => readExactly(file, offset, length),
    close: () => file.close(),
  };
}

async function readDirectory(source: Source): Promise<ManifestDirectory> {
  if (source.size < manifestHeaderLength + manifestTrailerLength)
    throw new MalformedFile(`Manifest has ${source.size} bytes`);
  const tail = await source.read(Math.max(0, source.size - tailLength), Math.min(source.size, tailLength));
  const { directoryLength, digest } = decodeManifestTrailer(tail.subarray(-manifestTrailerLength));
  const offset = source.size - manifestTrailerLength - directoryLength;
  if (offset < manifestHeaderLength) throw new MalformedFile('Manifest directory is longer than its file');
  const inTail = tail.length - manifestTrailerLength - directoryLength;
  const directory =
    inTail >= 0
      ? tail.subarray(inTail, inTail + directoryLength)
      : await source.read(offset, directoryLength);
  return decodeDirectory(directory, digest, offset);
}

function localManifest(
  path: string,
  source: Source,
  directory: ManifestDirectory,
  cachedChunks: number,
): LocalManifest {
  const { snapshotId, volumeSize, blockCount, chunks, domains } = directory;
  const load = async (number: number, { offset, entryCount }: ChunkPlace) => {
    try {
      const bytes = await source.read(offset, entryCount * entryLength);
      return { bytes, view: viewChunk(bytes, number, directory) };
    } catch (error) {
      throw error instanceof MalformedFile ? namedAfter(`${path}, chunk ${number}`, error) : error;
    }
  };
  const handle = manifestHandle(
    { snapshotId, volumeSize, blockCount },
    {
      numbers: [...chunks.keys()],
      load: async (number): Promise<ManifestChunk> => (await load(number, chunks.get(number)!)).view,
      fingerprint: number => chunks.get(number)!.sha256.toString('hex'),
      close: source.close,
    },
    cachedChunks,
  );
  return {
    ...handle,
    domains,
    async rawChunk(number) {
      const place = chunks.get(number);
      if (!place) throw new RangeError(`${path} has no chunk ${number}`);
      const { bytes } = await load(number, place);
      return { bytes, entryCount: place.entryCount, sha256: place.sha256 };
    },
  };
}

function namedAfter(where: string, cause: MalformedFile): MalformedFile {
  return new MalformedFile(`${where}: ${cause.message}`, { cause });
}
