/** The GUID partition table (https://uefi.org/specs/UEFI/2.10/05_GUID_Partition_Table_Format.html, 5.3). Pure. */
import { crc32 } from 'node:zlib';
import { readUInt64, Unreadable } from './byte-source.ts';

export const gptTypes = {
  efiSystem: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  biosBoot: '21686148-6449-6e6f-744e-656564454649',
  apfs: '7c3457ef-0000-11aa-aa11-00306543ecac',
} as const;

const unused = '00000000-0000-0000-0000-000000000000';
const largestTable = 65_536;

export interface GptHeader {
  entriesAt: number;
  entryCount: number;
  entrySize: number;
  entriesCrc: number;
}

/** In sectors; `end` is the last of them. */
export interface GptEntry {
  type: string;
  start: number;
  end: number;
  /** Attribute bit 2: a BIOS is meant to boot it. */
  legacyBoot: boolean;
}

export const isGptHeader = (sector: Buffer) => sector.toString('latin1', 0, 8) === 'EFI PART';

/** @throws Unreadable */
export function decodeGptHeader(sector: Buffer): GptHeader {
  const size = sector.readUInt32LE(12);
  if (size < 92 || size > sector.length) throw new Unreadable('its GUID partition table header has no size');
  const header = Buffer.from(sector.subarray(0, size));
  header.fill(0, 16, 20);
  if (crc32(header) !== sector.readUInt32LE(16))
    throw new Unreadable('the checksum of its GUID partition table header does not match');
  const entryCount = sector.readUInt32LE(80);
  const entrySize = sector.readUInt32LE(84);
  if (entrySize < 128 || entrySize % 128 !== 0 || entryCount * entrySize > largestTable)
    throw new Unreadable(`its GUID partition table has ${entryCount} entries of ${entrySize} bytes`);
  return {
    entriesAt: readUInt64(sector, 72),
    entryCount,
    entrySize,
    entriesCrc: sector.readUInt32LE(88),
  };
}

/** @throws Unreadable */
export function decodeGptEntries(
  table: Buffer,
  { entryCount, entrySize, entriesCrc }: GptHeader,
): GptEntry[] {
  if (crc32(table) !== entriesCrc)
    throw new Unreadable('the checksum of its GUID partition table entries does not match');
  const entries: GptEntry[] = [];
  for (let index = 0; index < entryCount; index++) {
    const entry = table.subarray(index * entrySize, (index + 1) * entrySize);
    const type = guid(entry);
    if (type === unused) continue;
    const start = readUInt64(entry, 32);
    const end = readUInt64(entry, 40);
    if (end < start) throw new Unreadable(`partition ${index + 1} ends before it starts`);
    entries.push({ type, start, end, legacyBoot: (entry.readUInt8(48) & 0x04) !== 0 });
  }
  return entries;
}

/** The first three fields are little-endian. */
function guid(bytes: Buffer): string {
  const hex = (from: number, to: number) => bytes.toString('hex', from, to);
  const swapped = (from: number, to: number) =>
    Buffer.from(bytes.subarray(from, to)).reverse().toString('hex');
  return [swapped(0, 4), swapped(4, 6), swapped(6, 8), hex(8, 10), hex(10, 16)].join('-');
}
