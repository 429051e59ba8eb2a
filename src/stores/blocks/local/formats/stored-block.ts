/**
 * A block as it lies in a pack (big-endian):
 *
 *     "AMBK"  version u8  flags u8  domain (u16 length, UTF-8)  digest 32  iv 12  length u32  |  ciphertext  |  tag 16
 *
 * Everything before `iv` is the cipher's associated data, so that a block moved under another name fails its tag.
 */
import { type BlockReference, blockSize } from '../../../../domain/manifest.ts';
import { byteReader, MalformedFile, text, u32 } from './byte-reader.ts';

export const blockMagic = Buffer.from('AMBK');
const version = 1;
const zstdFlag = 1;
export const ivLength = 12;
export const tagLength = 16;
export const maxDomainLength = 512;
/** The longest a header can be, for readers that do not know the domain yet. */
export const maxHeaderLength = 6 + 2 + maxDomainLength + 32 + ivLength + 4;
/** The longest a stored block can be: one that did not compress, of the longest domain. */
export const maxStoredLength = maxHeaderLength + blockSize + tagLength;

export interface StoredBlockHeader {
  reference: BlockReference;
  /** Whether the plain bytes were compressed before they were encrypted. */
  zstd: boolean;
  iv: Buffer;
  /** Bytes of ciphertext. */
  length: number;
  /** Of the header itself. */
  headerLength: number;
}

/** What the cipher authenticates beside the bytes. */
export function associatedData(reference: BlockReference, zstd: boolean): Buffer {
  return Buffer.concat([
    blockMagic,
    Buffer.from([version, zstd ? zstdFlag : 0]),
    text(reference.domain),
    Buffer.from(reference.digest, 'hex'),
  ]);
}

export function encodeStoredBlock(
  reference: BlockReference,
  zstd: boolean,
  sealed: { iv: Buffer; ciphertext: Buffer; tag: Buffer },
): Buffer {
  return Buffer.concat([
    associatedData(reference, zstd),
    sealed.iv,
    u32(sealed.ciphertext.length),
    sealed.ciphertext,
    sealed.tag,
  ]);
}

/** Decodes the header alone: `bytes` may end anywhere behind it. */
export function decodeStoredHeader(bytes: Buffer): StoredBlockHeader {
  const reader = byteReader(bytes, 'Stored block');
  if (!reader.bytes(4, 'its magic').equals(blockMagic))
    throw new MalformedFile('Stored block does not begin with AMBK');
  const found = reader.u8('its version');
  if (found !== version)
    throw new MalformedFile(`Stored block has version ${found}; this program reads ${version}`);
  const flags = reader.u8('its flags');
  if (flags & ~zstdFlag) throw new MalformedFile(`Stored block has unknown flags ${flags}`);
  const domain = reader.text('its key domain', maxDomainLength);
  const digest = reader.bytes(32, 'its digest').toString('hex');
  const iv = reader.bytes(ivLength, 'its iv');
  const length = reader.u32('its length');
  if (length === 0 || length > blockSize)
    throw new MalformedFile(`Stored block has ${length} bytes of data, not 1 to ${blockSize}`);
  return {
    reference: { domain, digest },
    zstd: (flags & zstdFlag) !== 0,
    iv,
    length,
    headerLength: reader.position,
  };
}

/** Decodes a whole stored block; `bytes` must be exactly it. */
export function decodeStoredBlock(bytes: Buffer): StoredBlockHeader & { ciphertext: Buffer; tag: Buffer } {
  const header = decodeStoredHeader(bytes);
  const expected = header.headerLength + header.length + tagLength;
  if (bytes.length !== expected)
    throw new MalformedFile(`Stored block has ${bytes.length} bytes where its header says ${expected}`);
  return {
    ...header,
    ciphertext: bytes.subarray(header.headerLength, header.headerLength + header.length),
    tag: bytes.subarray(expected - tagLength),
  };
}

/** Bytes of the whole stored block that `header` begins. */
export function storedLength(header: StoredBlockHeader): number {
  return header.headerLength + header.length + tagLength;
}
