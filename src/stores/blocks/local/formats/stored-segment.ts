/**
 * A segment as it lies in a pack (big-endian):
 *
 *     "AMSG"  version u8  flags u8  domain (u16 length, UTF-8)  number u64  pages u8  iv 12  length u32  |  ciphertext  |  tag 16
 *
 * Everything before `iv` is the cipher's associated data, so that a segment moved under another name fails its tag.
 */
import { byteReader, MalformedFile, text, u32, u64 } from './byte-reader.ts';
import { pageSize, pagesPerBlock } from './recipe.ts';
import { ivLength, maxDomainLength, tagLength } from './stored-block.ts';

export const segmentMagic = Buffer.from('AMSG');
const version = 2;
const zstdFlag = 1;
/** The longest a header can be, for readers that do not know the domain yet. */
export const maxSegmentHeaderLength = 6 + 2 + maxDomainLength + 8 + 1 + ivLength + 4;
/** The longest a stored segment can be: a full one that did not compress, of the longest domain. */
export const maxStoredSegmentLength = maxSegmentHeaderLength + pageSize * pagesPerBlock + tagLength;

export interface SegmentName {
  domain: string;
  /** Unique in its store, from 1. */
  number: number;
  /** Pages it holds, 1 to 128. */
  pages: number;
}

export interface StoredSegmentHeader extends SegmentName {
  /** Whether the plain pages were compressed before they were encrypted. */
  zstd: boolean;
  iv: Buffer;
  /** Bytes of ciphertext. */
  length: number;
  /** Of the header itself. */
  headerLength: number;
}

/** What the cipher authenticates beside the pages. */
export function segmentAssociatedData({ domain, number, pages }: SegmentName, zstd: boolean): Buffer {
  return Buffer.concat([
    segmentMagic,
    Buffer.from([version, zstd ? zstdFlag : 0]),
    text(domain),
    u64(number),
    Buffer.from([pages]),
  ]);
}

/** Everything that stands before the ciphertext. */
export function encodeSegmentHeader(name: SegmentName, zstd: boolean, iv: Buffer, length: number): Buffer {
  return Buffer.concat([segmentAssociatedData(name, zstd), iv, u32(length)]);
}

/** Decodes the header alone: `bytes` may end anywhere behind it. */
export function decodeSegmentHeader(bytes: Buffer): StoredSegmentHeader {
  const reader = byteReader(bytes, 'Stored segment');
  if (!reader.bytes(4, 'its magic').equals(segmentMagic))
    throw new MalformedFile('Stored segment does not begin with AMSG');
  const found = reader.u8('its version');
  if (found !== version)
    throw new MalformedFile(`Stored segment has version ${found}; this program reads ${version}`);
  const flags = reader.u8('its flags');
  if (flags & ~zstdFlag) throw new MalformedFile(`Stored segment has unknown flags ${flags}`);
  const domain = reader.text('its key domain', maxDomainLength);
  const number = reader.u64('its number');
  const pages = reader.u8('its pages');
  if (number === 0 || pages === 0 || pages > pagesPerBlock)
    throw new MalformedFile(`Stored segment has number ${number} and ${pages} pages`);
  const iv = reader.bytes(ivLength, 'its iv');
  const length = reader.u32('its length');
  if (length === 0 || length > pages * pageSize)
    throw new MalformedFile(`Stored segment has ${length} bytes of data, not 1 to ${pages * pageSize}`);
  return {
    domain,
    number,
    pages,
    zstd: (flags & zstdFlag) !== 0,
    iv,
    length,
    headerLength: reader.position,
  };
}

/** Decodes a whole stored segment; `bytes` must be exactly it. */
export function decodeStoredSegment(
  bytes: Buffer,
): StoredSegmentHeader & { ciphertext: Buffer; tag: Buffer } {
  const header = decodeSegmentHeader(bytes);
  const expected = storedSegmentLength(header);
  if (bytes.length !== expected)
    throw new MalformedFile(`Stored segment has ${bytes.length} bytes where its header says ${expected}`);
  return {
    ...header,
    ciphertext: bytes.subarray(header.headerLength, expected - tagLength),
    tag: bytes.subarray(expected - tagLength),
  };
}

/** Bytes of the whole stored segment that `header` begins. */
export function storedSegmentLength(header: StoredSegmentHeader): number {
  return header.headerLength + header.length + tagLength;
}
