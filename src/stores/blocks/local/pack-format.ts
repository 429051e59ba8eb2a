/**
 * A pack: a header, stored blocks one behind another, and, once sealed, a footer that lists them, from which a lost
 * index is rebuilt (big-endian):
 *
 *     "AMITYPCK"  version u16  zeroes 6
 *     stored blocks
 *     domain count u16, each (u16 length, UTF-8);  entry count u32, each: domain u16  digest 32  offset u32  length u32
 *     footer length u32  SHA-256 of the footer 32  "AMITYEND"
 */
import { createHash } from 'node:crypto';
import type { BlockReference } from '../../../domain/manifest.ts';
import { byteReader, MalformedFile, text, u16, u32 } from './byte-reader.ts';
import { maxDomainLength, maxStoredLength } from './stored-block.ts';

const headMagic = Buffer.from('AMITYPCK');
const endMagic = Buffer.from('AMITYEND');
const version = 1;
export const packHeaderLength = 16;
export const packTrailerLength = 4 + 32 + 8;
/** A pack is sealed when it is this long, or lists this many blocks. */
export const packTarget = 64 * 1024 * 1024;
export const packMaxEntries = 65_536;
const maxFooterLength = 64 * 1024 * 1024;

export interface PackEntry {
  reference: BlockReference;
  offset: number;
  length: number;
}

export function encodePackHeader(): Buffer {
  return Buffer.concat([headMagic, u16(version), Buffer.alloc(6)]);
}

export function decodePackHeader(bytes: Buffer): void {
  const reader = byteReader(bytes, 'Pack');
  if (!reader.bytes(8, 'its header').equals(headMagic))
    throw new MalformedFile('Pack does not begin with AMITYPCK');
  const found = reader.u16('its version');
  if (found !== version) throw new MalformedFile(`Pack has version ${found}; this program reads ${version}`);
  if (reader.bytes(6, 'its header').some(byte => byte !== 0))
    throw new MalformedFile('Pack has unknown bits in its header');
}

/** The footer with its trailer. */
export function encodePackFooter(entries: readonly PackEntry[]): Buffer {
  const domains = [...new Set(entries.map(entry => entry.reference.domain))];
  const numbers = new Map(domains.map((domain, number) => [domain, number]));
  const footer = Buffer.concat([
    u16(domains.length),
    ...domains.map(text),
    u32(entries.length),
    ...entries.flatMap(entry => [
      u16(numbers.get(entry.reference.domain)!),
      Buffer.from(entry.reference.digest, 'hex'),
      u32(entry.offset),
      u32(entry.length),
    ]),
  ]);
  return Buffer.concat([footer, u32(footer.length), sha256(footer), endMagic]);
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
export function decodePackFooter(footer: Buffer, digest: Buffer, dataEnd: number): PackEntry[] {
  if (!sha256(footer).equals(digest)) throw new MalformedFile('Pack footer does not match its digest');
  const reader = byteReader(footer, 'Pack footer');
  const domains = Array.from({ length: reader.u16('its domain count') }, () =>
    reader.text('a key domain', maxDomainLength),
  );
  const count = reader.u32('its entry count');
  if (count > packMaxEntries) throw new MalformedFile(`Pack footer lists ${count} blocks`);
  const entries: PackEntry[] = [];
  for (let position = 0; position < count; position++) {
    const domain = domains[reader.u16('an entry')];
    if (domain === undefined) throw new MalformedFile('Pack footer names a key domain it does not list');
    const digestHex = reader.bytes(32, 'an entry').toString('hex');
    const offset = reader.u32('an entry');
    const length = reader.u32('an entry');
    if (offset < packHeaderLength || length > maxStoredLength || offset + length > dataEnd)
      throw new MalformedFile(`Pack footer lists a block at ${offset}+${length}, outside the pack's data`);
    entries.push({ reference: { domain, digest: digestHex }, offset, length });
  }
  reader.end();
  return entries;
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
