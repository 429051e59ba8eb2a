/** The structures of NTFS on disk (https://flatcap.github.io/linux-ntfs/ntfs/). Pure. */
import { readUInt64, Unreadable } from './byte-source.ts';

export interface NtfsLayout {
  clusterSize: number;
  /** Bytes from the start of the volume. */
  fileTableAt: number;
  recordSize: number;
  indexRecordSize: number;
}

const damaged = (what: string) => new Unreadable(`${what} of its NTFS file system is damaged`);

/** @throws Unreadable */
export function decodeNtfsBootSector(sector: Buffer): NtfsLayout {
  const sectorSize = sector.readUInt16LE(11);
  const perCluster = sector.readUInt8(13);
  const clusterSize = sectorSize * (perCluster > 0x80 ? 2 ** (256 - perCluster) : perCluster);
  // Positive: clusters. Negative: a power of two of bytes.
  const size = (value: number) => (value > 0 ? value * clusterSize : 2 ** -value);
  const recordSize = size(sector.readInt8(64));
  const indexRecordSize = size(sector.readInt8(68));
  const powerOf2 = (value: number, least: number, most: number) =>
    value >= least && value <= most && Number.isInteger(Math.log2(value));
  if (
    !powerOf2(sectorSize, 512, 4096) ||
    !powerOf2(clusterSize, 512, 2 ** 21) ||
    !powerOf2(recordSize, 512, 4096) ||
    !powerOf2(indexRecordSize, 512, 65_536)
  )
    throw damaged('the boot sector');
  const fileTableAt = readUInt64(sector, 48) * clusterSize;
  if (!Number.isSafeInteger(fileTableAt)) throw damaged('the boot sector');
  return { clusterSize, fileTableAt, recordSize, indexRecordSize };
}

/**
 * A record whose sectors each end in a number that guards against torn writes; the bytes it stands for are put back.
 * @throws Unreadable
 */
export function restoreRecord(stored: Buffer, magic: 'FILE' | 'INDX'): Buffer {
  const bytes = Buffer.from(stored);
  if (bytes.toString('latin1', 0, 4) !== magic) throw damaged(`a ${magic} record`);
  const at = bytes.readUInt16LE(4);
  const count = bytes.readUInt16LE(6);
  if (count - 1 !== bytes.length / 512 || at + count * 2 > 510) throw damaged(`a ${magic} record`);
  for (let sector = 1; sector < count; sector++) {
    const end = sector * 512 - 2;
    if (bytes.readUInt16LE(end) !== bytes.readUInt16LE(at)) throw damaged(`a ${magic} record`);
    bytes.copyWithin(end, at + sector * 2, at + sector * 2 + 2);
  }
  return bytes;
}

export const attributeTypes = { data: 0x80, indexRoot: 0x90, indexAllocation: 0xa0 } as const;

export type Attribute =
  | { type: number; name: string; resident: true; content: Buffer }
  | { type: number; name: string; resident: false; size: number; runs: Run[] };

/** Clusters; `start` undefined for a hole. */
export interface Run {
  start?: number;
  length: number;
}

/** @throws Unreadable */
export function decodeAttributes(record: Buffer): Attribute[] {
  const attributes: Attribute[] = [];
  for (let at = record.readUInt16LE(20); at + 8 <= record.length; ) {
    const type = record.readUInt32LE(at);
    if (type === 0xffffffff) return attributes;
    const length = record.readUInt32LE(at + 4);
    if (length < 24 || length > record.length - at) throw damaged('an attribute');
    attributes.push(decodeAttribute(type, record.subarray(at, at + length)));
    at += length;
  }
  throw damaged('a FILE record');
}

function decodeAttribute(type: number, bytes: Buffer): Attribute {
  const nameAt = bytes.readUInt16LE(10);
  const name = bytes.toString('utf16le', nameAt, nameAt + bytes.readUInt8(9) * 2);
  if (bytes.readUInt8(8) === 0) {
    const length = bytes.readUInt32LE(16);
    const start = bytes.readUInt16LE(20);
    if (start + length > bytes.length) throw damaged('an attribute');
    return { type, name, resident: true, content: bytes.subarray(start, start + length) };
  }
  if (bytes.length < 64) throw damaged('an attribute');
  const runs = decodeRuns(bytes.subarray(bytes.readUInt16LE(32)));
  return { type, name, resident: false, size: readUInt64(bytes, 48), runs };
}

/** Each run: a byte with the widths of what follows, its length, and its start from that of the run before. */
export function decodeRuns(bytes: Buffer): Run[] {
  const runs: Run[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length && bytes[at] !== 0; ) {
    const lengthWidth = bytes[at]! & 0x0f;
    const startWidth = bytes[at]! >> 4;
    const end = at + 1 + lengthWidth + startWidth;
    if (lengthWidth === 0 || lengthWidth > 6 || startWidth > 6 || end > bytes.length)
      throw damaged('a run list');
    const length = bytes.readUIntLE(at + 1, lengthWidth);
    if (startWidth === 0) runs.push({ length });
    else {
      start += bytes.readIntLE(at + 1 + lengthWidth, startWidth);
      if (start < 0) throw damaged('a run list');
      runs.push({ start, length });
    }
    at = end;
  }
  return runs;
}

export interface IndexEntry {
  name: string;
  record: number;
}

/** Entries after an index header, which stands at `at`. @throws Unreadable */
export function decodeIndexEntries(bytes: Buffer, at: number): IndexEntry[] {
  if (at + 16 > bytes.length) throw damaged('an index');
  const entries: IndexEntry[] = [];
  const end = Math.min(bytes.length, at + bytes.readUInt32LE(at + 4));
  for (let entry = at + bytes.readUInt32LE(at); entry + 16 <= end; ) {
    const length = bytes.readUInt16LE(entry + 8);
    if (bytes.readUInt16LE(entry + 12) & 2) return entries;
    if (length < 16 + 66 || entry + length > end) throw damaged('an index');
    const nameLength = bytes.readUInt8(entry + 16 + 64) * 2;
    if (16 + 66 + nameLength > length) throw damaged('an index');
    const nameAt = entry + 16 + 66;
    entries.push({
      name: bytes.toString('utf16le', nameAt, nameAt + nameLength),
      record: bytes.readUIntLE(entry, 6),
    });
    entry += length;
  }
  throw damaged('an index');
}
