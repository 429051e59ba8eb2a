/** Pack files by number: where they are, reading a piece of one, and what one lists. */
import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlockReference } from '../../../domain/manifest.ts';
import { MalformedFile } from './byte-reader.ts';
import {
  decodePackFooter,
  decodePackHeader,
  decodePackTrailer,
  type PackEntry,
  packHeaderLength,
  packMaxEntries,
  packTrailerLength,
} from './pack-format.ts';
import { decodeStoredHeader, maxHeaderLength, storedLength } from './stored-block.ts';

/** Where a stored block lies. */
export interface Location {
  pack: number;
  offset: number;
  length: number;
}

export function packPath(folder: string, pack: number): string {
  return join(folder, `${String(pack).padStart(8, '0')}.pack`);
}

export async function listPacks(folder: string): Promise<number[]> {
  return (await readdir(folder)).flatMap(name => {
    const number = /^(\d{8,15})\.pack$/.exec(name)?.[1];
    return number ? [Number(number)] : [];
  });
}

export async function removePack(folder: string, pack: number): Promise<void> {
  await rm(packPath(folder, pack), { force: true });
}

/** Reads exactly `length` bytes. @throws MalformedFile if the file is shorter. */
export async function readExactly(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0)
      throw new MalformedFile(`File ends at byte ${offset + done}, inside what was asked for`);
    done += bytesRead;
  }
  return bytes;
}

export async function writeFully(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}

/** What a sealed pack lists; undefined when it is not sealed. @throws MalformedFile when its footer is damaged. */
export async function readFooter(file: FileHandle): Promise<PackEntry[] | undefined> {
  const { size } = await file.stat();
  if (size < packHeaderLength + packTrailerLength) return undefined;
  decodePackHeader(await readExactly(file, 0, packHeaderLength));
  const trailerBytes = await readExactly(file, size - packTrailerLength, packTrailerLength);
  if (trailerBytes.toString('latin1', packTrailerLength - 8) !== 'AMITYEND') return undefined;
  const { footerLength, digest } = decodePackTrailer(trailerBytes);
  const dataEnd = size - packTrailerLength - footerLength;
  if (dataEnd < packHeaderLength) throw new MalformedFile('Pack footer is longer than its pack');
  return decodePackFooter(await readExactly(file, dataEnd, footerLength), digest, dataEnd);
}

/**
 * What an unsealed pack holds, up to the first bytes that are no whole block: the tail a crash tore.
 * @param check throws when a stored block is damaged
 */
export async function scanPack(
  file: FileHandle,
  check: (reference: BlockReference, stored: Buffer) => Promise<unknown>,
): Promise<PackEntry[]> {
  const { size } = await file.stat();
  const entries: PackEntry[] = [];
  for (let offset = packHeaderLength; offset < size && entries.length < packMaxEntries; ) {
    try {
      const header = decodeStoredHeader(
        await readExactly(file, offset, Math.min(maxHeaderLength, size - offset)),
      );
      const length = storedLength(header);
      await check(header.reference, await readExactly(file, offset, length));
      entries.push({ reference: header.reference, offset, length });
      offset += length;
    } catch (error) {
      if (isDamage(error)) return entries;
      throw error;
    }
  }
  return entries;
}

function isDamage(error: unknown): boolean {
  return error instanceof MalformedFile || (error instanceof Error && error.name === 'BlockCorrupt');
}

/** Opens a pack and hands it to `use`. */
export async function withPack<T>(
  folder: string,
  pack: number,
  flags: 'r' | 'r+',
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(packPath(folder, pack), flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
