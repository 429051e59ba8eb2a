/**
 * What the footer of a pack of version 1 lists behind its domains (big-endian):
 *
 *     entry count u32, each: domain u16  digest 32  offset u32  length u32
 */
import type { BlockReference } from '../../../../domain/manifest.ts';
import { type ByteReader, MalformedFile, text, u16, u32 } from './byte-reader.ts';
import { maxStoredLength } from './stored-block.ts';

const maxEntries = 65_536;

export interface PackedBlock {
  reference: BlockReference;
  offset: number;
  length: number;
}

/** With the domains before it: recovery still seals packs of version 1. */
export function encodeBlockList(blocks: readonly PackedBlock[]): Buffer {
  const domains = [...new Set(blocks.map(({ reference }) => reference.domain))];
  const numbers = new Map(domains.map((domain, number) => [domain, number]));
  return Buffer.concat([
    u16(domains.length),
    ...domains.map(text),
    u32(blocks.length),
    ...blocks.flatMap(({ reference, offset, length }) => [
      u16(numbers.get(reference.domain)!),
      Buffer.from(reference.digest, 'hex'),
      u32(offset),
      u32(length),
    ]),
  ]);
}

export function decodeBlockList(reader: ByteReader, domains: readonly string[]): PackedBlock[] {
  const count = reader.u32('its entry count');
  if (count > maxEntries) throw new MalformedFile(`Pack footer lists ${count} blocks`);
  const blocks: PackedBlock[] = [];
  for (let position = 0; position < count; position++) {
    const domain = domains[reader.u16('an entry')];
    if (domain === undefined) throw new MalformedFile('Pack footer names a key domain it does not list');
    const digest = reader.bytes(32, 'an entry').toString('hex');
    const offset = reader.u32('an entry');
    const length = reader.u32('an entry');
    if (length > maxStoredLength) throw new MalformedFile(`Pack footer lists a block of ${length} bytes`);
    blocks.push({ reference: { domain, digest }, offset, length });
  }
  return blocks;
}
