/**
 * A manifest file, version 2 (big-endian). What is said of the whole stands behind the chunks, so that a manifest of any
 * size is written in one pass:
 *
 *     "AMITYMAN"  version u16
 *     chunks, ascending; of each the blocks it lists, ascending: block index within the chunk u16  domain u16  digest 32
 *     directory: snapshot id (u16 length, UTF-8)  volume size u64  block size u32  block indexes of a chunk u32
 *         domain count u16, each (u16 length, UTF-8)
 *         chunk count u32, each: number u32  offset u64  entry count u16  SHA-256 of its entries 32
 *     directory length u32  SHA-256 of the directory 32  "AMITYEND"
 */
import { createHash } from 'node:crypto';
import {
  blockSize,
  chunkBlocks,
  type ManifestChunk,
  type ManifestEntry,
  type ManifestSummary,
} from '../../../../domain/manifest.ts';
import { byteReader, MalformedFile, text, u16, u32, u64 } from './byte-reader.ts';
import { maxDomainLength } from './stored-block.ts';

export const manifestMagic = Buffer.from('AMITYMAN');
const endMagic = Buffer.from('AMITYEND');
const version = 2;
export const manifestHeaderLength = 10;
export const manifestTrailerLength = 4 + 32 + 8;
export const entryLength = 2 + 2 + 32;
/** Bytes of a chunk that lists every block. */
export const chunkLength = chunkBlocks * entryLength;
const chunkRowLength = 4 + 8 + 2 + 32;
export const maxSnapshotIdLength = 128;
/** 64 TiB, the largest EBS volume. */
const maxVolumeSize = 2 ** 46;
const maxDomains = 0xffff;

/** Where a chunk lies in its file, and what must be found there. */
export interface ChunkPlace {
  offset: number;
  entryCount: number;
  sha256: Buffer;
}

export interface ManifestDirectory extends ManifestSummary {
  /** Entries name domains by their position here. */
  domains: readonly string[];
  /** By number, ascending. */
  chunks: ReadonlyMap<number, ChunkPlace>;
}

/** What a chunk of `place` looks like in a file: its bytes, as they are copied from one manifest to the next. */
export interface RawChunk extends Omit<ChunkPlace, 'offset'> {
  bytes: Buffer;
}

/** Which version a manifest file has, by its first `manifestHeaderLength` bytes. */
export function manifestVersion(header: Buffer): number {
  const reader = byteReader(header, 'Manifest');
  if (!reader.bytes(8, 'its magic').equals(manifestMagic))
    throw new MalformedFile('Manifest does not begin with AMITYMAN');
  const found = reader.u16('its version');
  if (found !== 1 && found !== version)
    throw new MalformedFile(`Manifest has version ${found}; this program reads 1 and ${version}`);
  return found;
}

export interface ManifestEncoder {
  header(): Buffer;
  /** The next chunk, of at least one entry, ascending; its bytes lie in `into`, if given. */
  chunk(number: number, entries: readonly ManifestEntry[], into?: Buffer): Buffer;
  /** The next chunk, taken from a manifest whose domains begin this one's. */
  copy(number: number, chunk: RawChunk): Buffer;
  /** What comes behind the last chunk. */
  end(): Buffer;
  readonly blockCount: number;
}

/** Makes a manifest's bytes piece by piece, in their order in the file. `domains` is what its first domains are. */
export function manifestEncoder(
  { snapshotId, volumeSize }: Omit<ManifestSummary, 'blockCount'>,
  domains: readonly string[] = [],
): ManifestEncoder {
  const numbers = new Map(domains.map((domain, position) => [domain, position]));
  const rows: Buffer[] = [];
  let offset = manifestHeaderLength;
  let blockCount = 0;
  const numberOf = (domain: string) => {
    const known = numbers.get(domain);
    if (known !== undefined) return known;
    if (numbers.size === maxDomains)
      throw new RangeError(`Manifest of ${snapshotId} names more than ${maxDomains} key domains`);
    numbers.set(domain, numbers.size);
    return numbers.size - 1;
  };
  const copy = (number: number, { bytes, entryCount, sha256 }: RawChunk) => {
    rows.push(Buffer.concat([u32(number), u64(offset), u16(entryCount), sha256]));
    offset += bytes.length;
    blockCount += entryCount;
    return bytes;
  };
  return {
    get blockCount() {
      return blockCount;
    },
    header: () => Buffer.concat([manifestMagic, u16(version)]),
    copy,
    chunk(number, entries, into) {
      const length = entries.length * entryLength;
      const bytes = into?.subarray(0, length) ?? Buffer.allocUnsafe(length);
      entries.forEach(([index, { domain, digest }], position) => {
        const start = position * entryLength;
        bytes.writeUInt16BE(index - number * chunkBlocks, start);
        bytes.writeUInt16BE(numberOf(domain), start + 2);
        bytes.write(digest, start + 4, 32, 'hex');
      });
      return copy(number, { bytes, entryCount: entries.length, sha256: sha256(bytes) });
    },
    end() {
      const directory = Buffer.concat([
        text(snapshotId),
        u64(volumeSize),
        u32(blockSize),
        u32(chunkBlocks),
        u16(numbers.size),
        ...[...numbers.keys()].map(text),
        u32(rows.length),
        ...rows,
      ]);
      return Buffer.concat([directory, u32(directory.length), sha256(directory), endMagic]);
    },
  };
}

/** Decodes a file's last `manifestTrailerLength` bytes. */
export function decodeManifestTrailer(bytes: Buffer): { directoryLength: number; digest: Buffer } {
  const reader = byteReader(bytes, 'Manifest');
  const directoryLength = reader.u32('its directory length');
  const digest = reader.bytes(32, 'its checksum');
  if (!reader.bytes(8, 'its end').equals(endMagic))
    throw new MalformedFile('Manifest does not end with AMITYEND');
  reader.end();
  return { directoryLength, digest };
}

/** @param offset at which the directory begins, and the chunks end */
export function decodeDirectory(bytes: Buffer, digest: Buffer, offset: number): ManifestDirectory {
  if (!sha256(bytes).equals(digest)) throw new MalformedFile('Manifest does not match its checksum');
  const reader = byteReader(bytes, 'Manifest');
  const snapshotId = reader.text('its snapshot id', maxSnapshotIdLength);
  const volumeSize = checkVolumeSize(reader.u64('its volume size'));
  checkBlockSize(reader.u32('its block size'));
  const foundChunk = reader.u32('its chunk size');
  if (foundChunk !== chunkBlocks)
    throw new MalformedFile(
      `Manifest has chunks of ${foundChunk} blocks; this program reads those of ${chunkBlocks}`,
    );
  const domains = Array.from({ length: reader.u16('its domain count') }, () =>
    reader.text('a key domain', maxDomainLength),
  );
  const chunkCount = reader.u32('its chunk count');
  if (chunkCount * chunkRowLength > bytes.length)
    throw new MalformedFile('Manifest ends inside its list of chunks');
  const chunks = new Map<number, ChunkPlace>();
  let previous = -1;
  let end = manifestHeaderLength;
  let blockCount = 0;
  for (let i = 0; i < chunkCount; i++) {
    const number = reader.u32('a chunk number');
    const place = {
      offset: reader.u64('an offset'),
      entryCount: reader.u16('an entry count'),
      sha256: reader.bytes(32, 'a checksum'),
    };
    if (number <= previous) throw new MalformedFile('Manifest chunks do not ascend');
    if (number * chunkBlocks * blockSize >= volumeSize)
      throw new MalformedFile(`Manifest has chunk ${number}, behind the end of the volume`);
    if (place.entryCount === 0 || place.entryCount > chunkBlocks)
      throw new MalformedFile(`Manifest has a chunk of ${place.entryCount} entries`);
    if (place.offset !== end) throw new MalformedFile(`Manifest chunk ${number} is not where it should be`);
    chunks.set(number, place);
    previous = number;
    end += place.entryCount * entryLength;
    blockCount += place.entryCount;
  }
  reader.end();
  if (end !== offset) throw new MalformedFile('Manifest chunks do not end where its directory begins');
  return { snapshotId, volumeSize, blockCount, domains, chunks };
}

/** @throws MalformedFile unless the bytes are those of the chunk. */
export function checkChunk(
  bytes: Buffer,
  { entryCount, sha256: expected }: Omit<ChunkPlace, 'offset'>,
): void {
  if (bytes.length !== entryCount * entryLength)
    throw new MalformedFile(`Manifest chunk has ${bytes.length} bytes`);
  if (!sha256(bytes).equals(expected)) throw new MalformedFile('Manifest chunk does not match its checksum');
}

/** Checks a chunk's bytes and opens them in place. */
export function viewChunk(
  bytes: Buffer,
  number: number,
  { chunks, domains, volumeSize }: ManifestDirectory,
): ManifestChunk {
  const place = chunks.get(number);
  if (!place) throw new MalformedFile('Manifest has no such chunk');
  checkChunk(bytes, place);
  const first = number * chunkBlocks;
  const count = place.entryCount;
  const indexAt = (position: number) => first + bytes.readUInt16BE(position * entryLength);
  const referenceAt = (position: number) => ({
    domain: domains[bytes.readUInt16BE(position * entryLength + 2)]!,
    digest: bytes.toString('hex', position * entryLength + 4, (position + 1) * entryLength),
  });
  const end = Math.min(first + chunkBlocks, Math.ceil(volumeSize / blockSize));
  let previous = -1;
  for (let position = 0; position < count; position++) {
    const index = indexAt(position);
    if (index <= previous) throw new MalformedFile('Manifest entries do not ascend');
    if (index >= end)
      throw new MalformedFile(`Manifest lists block ${index}, behind the end of its chunk or volume`);
    if (bytes.readUInt16BE(position * entryLength + 2) >= domains.length)
      throw new MalformedFile('Manifest names a key domain it does not list');
    previous = index;
  }
  /** The position of the first entry at `index` or behind it. */
  const find = (index: number) => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (indexAt(middle) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    blockCount: count,
    at(index) {
      const position = find(index);
      return position < count && indexAt(position) === index ? referenceAt(position) : undefined;
    },
    *entries(from = 0) {
      for (let position = find(from); position < count; position++)
        yield [indexAt(position), referenceAt(position)];
    },
  };
}

export function checkVolumeSize(volumeSize: number): number {
  if (volumeSize > maxVolumeSize || volumeSize % 512 !== 0)
    throw new MalformedFile(`Manifest has a volume size of ${volumeSize}`);
  return volumeSize;
}

export function checkBlockSize(found: number): void {
  if (found !== blockSize)
    throw new MalformedFile(`Manifest has blocks of ${found} bytes; this program reads ${blockSize}`);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
