/**
 * A boot profile's file (big-endian), blocks in the order in which they are wanted:
 *
 *     "AMITYPRF"  version u16  snapshot id (u16 length, UTF-8)  boots u16
 *     block count u32, each: block index u32  boots u16  pages 16 (page p is bit p mod 8 of byte p / 8)
 *     SHA-256 of all before 32
 */
import { createHash } from 'node:crypto';
import { type BootProfile, maxProfiledBlocks, type ProfiledBlock } from '../../boot-profile.ts';
import { pageSetLength } from '../../page-set.ts';
import { byteReader, MalformedFile, text, u16, u32 } from './byte-reader.ts';

const magic = Buffer.from('AMITYPRF');
const version = 1;
const maxSnapshotIdLength = 128;
/** No longer than this can a profile be. */
export const maxProfileLength = 128 + maxSnapshotIdLength + maxProfiledBlocks * (6 + pageSetLength);

export function encodeProfile(snapshotId: string, { boots, blocks }: BootProfile): Buffer {
  const content = Buffer.concat([
    magic,
    u16(version),
    text(snapshotId),
    u16(boots),
    u32(blocks.length),
    ...blocks.flatMap(({ index, boots: seen, pages }) => [u32(index), u16(seen), pages]),
  ]);
  return Buffer.concat([content, sha256(content)]);
}

/** @throws MalformedFile */
export function decodeProfile(snapshotId: string, bytes: Buffer): BootProfile {
  const content = bytes.subarray(0, Math.max(0, bytes.length - 32));
  const reader = byteReader(content, 'Boot profile');
  if (!reader.bytes(8, 'its magic').equals(magic))
    throw new MalformedFile('Boot profile does not begin with AMITYPRF');
  const found = reader.u16('its version');
  if (found !== version)
    throw new MalformedFile(`Boot profile has version ${found}; this program reads ${version}`);
  if (!sha256(content).equals(bytes.subarray(content.length)))
    throw new MalformedFile('Boot profile does not match its checksum');
  const of = reader.text('its snapshot id', maxSnapshotIdLength);
  if (of !== snapshotId) throw new MalformedFile(`Boot profile is that of ${of}`);
  const boots = reader.u16('its boots');
  const count = reader.u32('its block count');
  if (count > maxProfiledBlocks) throw new MalformedFile(`Boot profile lists ${count} blocks`);
  const blocks: ProfiledBlock[] = Array.from({ length: count }, () => ({
    index: reader.u32('a block index'),
    boots: reader.u16('the boots of a block'),
    pages: new Uint8Array(reader.bytes(pageSetLength, 'the pages of a block')),
  }));
  reader.end();
  return { boots, blocks };
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
