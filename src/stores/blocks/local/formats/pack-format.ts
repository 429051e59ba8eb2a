/**
 * A pack: a header, records one behind another, and, once sealed, a footer that lists them, from which a lost index is
 * rebuilt (big-endian):
 *
 *     "AMITYPCK"  version u16  zeroes 6
 *     records: stored segments and recipe batches (version 2), stored blocks (version 1)
 *     footer
 *     footer length u32  SHA-256 of the footer 32  "AMITYEND"
 *
 * The footer of version 2 (pack-footer-1.ts has the other):
 *
 *     domain count u16, each (u16 length, UTF-8)
 *     segment count u32, each: domain u16  number u64  format u8  pages u8  offset u32  length u32
 *     batch count u32, each: offset u32  length u32
 */
import { hash } from 'node:crypto';
import type { SegmentFormat } from '../keys/segment-cipher.ts';
import { type ByteReader, byteReader, MalformedFile, text, u16, u32 } from './byte-reader.ts';
import { decodeBlockList, encodeBlockList, type PackedBlock } from './pack-footer-1.ts';
import { pagesPerBlock } from './recipe.ts';
import { maxBatchLength } from './recipe-batch.ts';
import { maxDomainLength } from './stored-block.ts';
import { maxStoredSegmentLength, type SegmentName } from './stored-segment.ts';

const headMagic = Buffer.from('AMITYPCK');
const endMagic = Buffer.from('AMITYEND');
export const packHeaderLength = 16;
export const packTrailerLength = 4 + 32 + 8;
/** A pack is sealed when it holds this many records, however short. */
export const packMaxEntries = 65_536;
const maxFooterLength = 64 * 1024 * 1024;
const segmentEntryLength = 2 + 8 + 1 + 1 + 4 + 4;

/** Version 1 packs hold whole blocks and are only read; version 2 holds segments and recipes. */
export type PackVersion = 1 | 2;

export interface Extent {
  offset: number;
  length: number;
}

export interface PackedSegment extends SegmentName, Extent {
  format: SegmentFormat;
}

/** What a pack lists. */
export type PackContents =
  | { version: 1; blocks: PackedBlock[] }
  | { version: 2; segments: PackedSegment[]; batches: Extent[] };

export function encodePackHeader(version: PackVersion): Buffer {
  return Buffer.concat([headMagic, u16(version), Buffer.alloc(6)]);
}

export function decodePackHeader(bytes: Buffer): PackVersion {
  const reader = byteReader(bytes, 'Pack');
  if (!reader.bytes(8, 'its header').equals(headMagic))
    throw new MalformedFile('Pack does not begin with AMITYPCK');
  const found = reader.u16('its version');
  if (found !== 1 && found !== 2)
    throw new MalformedFile(`Pack has version ${found}; this program reads 1 and 2`);
  if (reader.bytes(6, 'its header').some(byte => byte !== 0))
    throw new MalformedFile('Pack has unknown bits in its header');
  return found;
}

/** The footer with its trailer. */
export function encodePackFooter(contents: PackContents): Buffer {
  const footer = contents.version === 1 ? encodeBlockList(contents.blocks) : encodeRecordList(contents);
  return Buffer.concat([footer, u32(footer.length), hash('sha256', footer, 'buffer'), endMagic]);
}

/** Reads the last `packTrailerLength` bytes of a pack: how long the footer before them is, and its digest. */
export function decodePackTrailer(bytes: Buffer): { footerLength: number; digest: Buffer } {
  const reader = byteReader(bytes, 'Pack');
  const footerLength = reader.u32('its trailer');
  const digest = reader.bytes(32, 'its trailer');
  if (!reader.bytes(8, 'its trailer').equals(endMagic))
    throw new MalformedFile('Pack is not sealed: it does not end with AMITYEND');
  reader.end();
  if (footerLength < 6 || footerLength > maxFooterLength)
    throw new MalformedFile(`Pack has a footer of ${footerLength} bytes`);
  return { footerLength, digest };
}

/** @param dataEnd where the footer begins: every entry must lie before it. */
export function decodePackFooter(
  version: PackVersion,
  footer: Buffer,
  digest: Buffer,
  dataEnd: number,
): PackContents {
  if (!hash('sha256', footer, 'buffer').equals(digest))
    throw new MalformedFile('Pack footer does not match its digest');
  const reader = byteReader(footer, 'Pack footer');
  const domains = Array.from({ length: reader.u16('its domain count') }, () =>
    reader.text('a key domain', maxDomainLength),
  );
  const contents: PackContents =
    version === 1
      ? { version, blocks: decodeBlockList(reader, domains) }
      : { version, ...decodeRecordList(reader, domains) };
  reader.end();
  for (const { offset, length } of extentsOf(contents))
    if (offset < packHeaderLength || offset + length > dataEnd)
      throw new MalformedFile(`Pack footer lists a record at ${offset}+${length}, outside the pack's data`);
  return contents;
}

/** Where its records lie, in no order. */
export function extentsOf(contents: PackContents): Extent[] {
  return contents.version === 1 ? contents.blocks : [...contents.segments, ...contents.batches];
}

/** Behind the last record. */
export function endOf(contents: PackContents): number {
  return extentsOf(contents).reduce(
    (end, { offset, length }) => Math.max(end, offset + length),
    packHeaderLength,
  );
}

function encodeRecordList({ segments, batches }: { segments: PackedSegment[]; batches: Extent[] }): Buffer {
  const domains = [...new Set(segments.map(({ domain }) => domain))];
  const numbers = new Map(domains.map((domain, number) => [domain, number]));
  const list = Buffer.allocUnsafe(segments.length * segmentEntryLength);
  segments.forEach(({ domain, number, format, pages, offset, length }, position) => {
    let at = position * segmentEntryLength;
    at = list.writeUInt16BE(numbers.get(domain)!, at);
    at = list.writeBigUInt64BE(BigInt(number), at);
    at = list.writeUInt8(format, at);
    at = list.writeUInt8(pages, at);
    at = list.writeUInt32BE(offset, at);
    list.writeUInt32BE(length, at);
  });
  return Buffer.concat([
    u16(domains.length),
    ...domains.map(text),
    u32(segments.length),
    list,
    u32(batches.length),
    ...batches.flatMap(({ offset, length }) => [u32(offset), u32(length)]),
  ]);
}

function decodeRecordList(reader: ByteReader, domains: readonly string[]) {
  const count = (what: string) => {
    const found = reader.u32(what);
    if (found > packMaxEntries) throw new MalformedFile(`Pack footer has ${what} of ${found}`);
    return found;
  };
  const segments: PackedSegment[] = [];
  for (let left = count('a segment count'); left > 0; left--) {
    const domain = domains[reader.u16('a segment')];
    if (domain === undefined) throw new MalformedFile('Pack footer names a key domain it does not list');
    const number = reader.u64('a segment');
    const format = reader.u8('a segment');
    const pages = reader.u8('a segment');
    const offset = reader.u32('a segment');
    const length = reader.u32('a segment');
    if (number === 0 || (format !== 1 && format !== 2) || pages === 0 || pages > pagesPerBlock)
      throw new MalformedFile(`Pack footer lists segment ${number} in format ${format} with ${pages} pages`);
    if (length > maxStoredSegmentLength + 32)
      throw new MalformedFile(`Pack footer lists a segment of ${length} bytes`);
    segments.push({ domain, number, format, pages, offset, length });
  }
  const batches: Extent[] = [];
  for (let left = count('a batch count'); left > 0; left--) {
    const extent = { offset: reader.u32('a batch'), length: reader.u32('a batch') };
    if (extent.length > maxBatchLength)
      throw new MalformedFile(`Pack footer lists a batch of ${extent.length} bytes`);
    batches.push(extent);
  }
  return { segments, batches };
}
