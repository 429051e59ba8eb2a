import { createCipheriv, createDecipheriv, createSecretKey, hash, randomFillSync } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { MalformedFile } from '../formats/byte-reader.ts';
import { pageSize, pagesPerBlock } from '../formats/recipe.ts';
import { associatedData, decodeStoredBlock, ivLength, tagLength } from '../formats/stored-block.ts';
import {
  decodeStoredSegment,
  encodeSegmentHeader,
  type SegmentName,
  segmentAssociatedData,
} from '../formats/stored-segment.ts';
import { releaseMemory } from '../threads/release-memory.ts';
import { copyToShared } from '../threads/slots.ts';
import { ofLastKey } from './of-last-key.ts';

/** One piece for the output of zlib: the default of 16 KiB would be gathered from dozens. */
const outputChunk = pageSize * pagesPerBlock + 4096;
const secretKey = ofLastKey(createSecretKey);

/** A segment in format 1 is a whole stored block of version 1; in format 2, what stored-segment.ts says. */
export type SegmentFormat = 1 | 2;

/**
 * Compresses pages if that makes them smaller, encrypts them, and writes the stored segment to `target`, which may be
 * where `plain` lies and must have room for `maxStoredSegmentLength`. @returns bytes written
 */
export function sealSegment(
  name: SegmentName,
  plain: Uint8Array,
  dataKey: Uint8Array,
  level: number,
  target: Buffer,
): number {
  const compressed = zstdCompressSync(plain, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    chunkSize: outputChunk,
    pledgedSrcSize: plain.length,
  });
  const zstd = compressed.length < plain.length;
  const iv = randomFillSync(Buffer.allocUnsafe(ivLength));
  const cipher = createCipheriv('aes-256-gcm', secretKey(dataKey), iv, { authTagLength: tagLength });
  cipher.setAAD(segmentAssociatedData(name, zstd));
  const ciphertext = cipher.update(zstd ? compressed : plain);
  cipher.final();
  const header = encodeSegmentHeader(name, zstd, iv, ciphertext.length);
  header.copy(target);
  copyToShared(ciphertext, target, header.length);
  const end = header.length + ciphertext.length;
  cipher.getAuthTag().copy(target, end);
  releaseMemory(compressed);
  releaseMemory(ciphertext);
  return end + tagLength;
}

/** The plain pages of a stored segment. @throws MalformedFile, or the cipher's error when the tag does not match */
export function openSegment(name: SegmentName, stored: Buffer, dataKey: Uint8Array): Buffer {
  const { zstd, iv, ciphertext, tag, ...found } = decodeStoredSegment(stored);
  if (found.domain !== name.domain || found.number !== name.number || found.pages !== name.pages)
    throw new MalformedFile(`Found segment ${found.number} of key domain ${found.domain} in its place`);
  const opened = decrypt(dataKey, iv, segmentAssociatedData(name, zstd), ciphertext, tag);
  return zstd ? decompress(opened, name.pages * pageSize) : exactly(opened, name.pages * pageSize);
}

/** A block of version 1, and the digest that stands in its header. @throws as `openSegment` */
export function openStoredBlock(domain: string, stored: Buffer, dataKey: Uint8Array) {
  const { reference, zstd, iv, ciphertext, tag } = decodeStoredBlock(stored);
  if (reference.domain !== domain)
    throw new MalformedFile(`Found a block of key domain ${reference.domain} in its place`);
  const opened = decrypt(dataKey, iv, associatedData(reference, zstd), ciphertext, tag);
  const plain = zstd ? decompress(opened, pageSize * pagesPerBlock) : opened;
  return { reference, plain: exactly(plain, pageSize * pagesPerBlock) };
}

/** Whether a stored segment's tag matches, without decompressing it. @throws as `openSegment` */
export function checkSegment(stored: Buffer, dataKey: Uint8Array): void {
  const { zstd, iv, ciphertext, tag, ...name } = decodeStoredSegment(stored);
  releaseMemory(decrypt(dataKey, iv, segmentAssociatedData(name, zstd), ciphertext, tag));
}

export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

function decrypt(
  key: Uint8Array,
  iv: Buffer,
  associated: Buffer,
  ciphertext: Buffer,
  tag: Buffer,
): Buffer<ArrayBuffer> {
  const decipher = createDecipheriv('aes-256-gcm', secretKey(key), iv, { authTagLength: tagLength });
  decipher.setAAD(associated);
  decipher.setAuthTag(tag);
  const plain = decipher.update(ciphertext);
  decipher.final();
  return plain as Buffer<ArrayBuffer>;
}

function decompress(bytes: Buffer, length: number): Buffer {
  // Room for one byte more: a piece that is exactly full makes zlib begin another.
  const plain = zstdDecompressSync(bytes, { maxOutputLength: length, chunkSize: length + 64 });
  releaseMemory(bytes);
  return exactly(plain, length);
}

function exactly(plain: Buffer, length: number): Buffer {
  if (plain.length !== length) throw new MalformedFile(`It holds ${plain.length} bytes, not ${length}`);
  return plain;
}
