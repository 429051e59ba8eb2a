/** FAT12, FAT16 and FAT32 (Microsoft's FAT specification 1.03; ECMA-107). Pure. */
import { Unreadable } from './byte-source.ts';

export interface FatLayout {
  bits: 12 | 16 | 32;
  clusterSize: number;
  /** Byte offsets in the partition. */
  fatAt: number;
  fatSize: number;
  dataAt: number;
  /** A FAT32 root is a chain of clusters, the others' a fixed place. */
  root: { cluster: number } | { at: number; size: number };
  clusterCount: number;
}

/** @throws Unreadable */
export function decodeFatBootSector(sector: Buffer): FatLayout {
  const sectorSize = sector.readUInt16LE(11);
  const perCluster = sector.readUInt8(13);
  const powerOfTwo = (value: number) => value > 0 && (value & (value - 1)) === 0;
  if (!powerOfTwo(sectorSize) || sectorSize < 512 || sectorSize > 4096 || !powerOfTwo(perCluster))
    throw new Unreadable('the boot sector of its FAT file system makes no sense');
  const reserved = sector.readUInt16LE(14);
  const fats = sector.readUInt8(16);
  const rootEntries = sector.readUInt16LE(17);
  const sectors = sector.readUInt16LE(19) || sector.readUInt32LE(32);
  const fatSectors = sector.readUInt16LE(22) || sector.readUInt32LE(36);
  const rootAt = reserved + fats * fatSectors;
  const rootSectors = Math.ceil((rootEntries * 32) / sectorSize);
  const dataStart = rootAt + rootSectors;
  if (reserved === 0 || fats === 0 || fatSectors === 0 || sectors <= dataStart)
    throw new Unreadable('the boot sector of its FAT file system makes no sense');
  const clusterCount = Math.floor((sectors - dataStart) / perCluster);
  const fat32 = sector.readUInt16LE(22) === 0;
  return {
    bits: fat32 ? 32 : clusterCount < 4085 ? 12 : 16,
    clusterSize: perCluster * sectorSize,
    fatAt: reserved * sectorSize,
    fatSize: fatSectors * sectorSize,
    dataAt: dataStart * sectorSize,
    root: fat32 ? { cluster: sector.readUInt32LE(44) } : { at: rootAt * sectorSize, size: rootEntries * 32 },
    clusterCount,
  };
}

export interface FatEntry {
  name: string;
  directory: boolean;
  cluster: number;
  size: number;
}

/** The entries of a directory; long names come in pieces before the entry they are of. */
export function decodeFatDirectory(bytes: Buffer): FatEntry[] {
  const entries: FatEntry[] = [];
  let long = '';
  for (let at = 0; at + 32 <= bytes.length; at += 32) {
    const entry = bytes.subarray(at, at + 32);
    const first = entry.readUInt8(0);
    if (first === 0) break;
    const attributes = entry.readUInt8(11);
    if (attributes === 0x0f) {
      const piece = [1, 14, 28].map((from, index) =>
        entry.toString('utf16le', from, from + [10, 12, 4][index]!),
      );
      long = (piece.join('').split('\0')[0]! + long).slice(0, 260);
      continue;
    }
    const name = long || shortName(entry);
    long = '';
    if (first === 0xe5 || attributes & 0x08) continue;
    entries.push({
      name,
      directory: (attributes & 0x10) !== 0,
      cluster: entry.readUInt16LE(20) * 65_536 + entry.readUInt16LE(26),
      size: entry.readUInt32LE(28),
    });
  }
  return entries;
}

function shortName(entry: Buffer): string {
  const base = entry.toString('latin1', 0, 8).trimEnd();
  const extension = entry.toString('latin1', 8, 11).trimEnd();
  return extension ? `${base}.${extension}` : base;
}

/** Where the table says which cluster follows, from its beginning. */
export function fatEntryPlace(bits: FatLayout['bits'], cluster: number): { offset: number; length: number } {
  if (bits === 12) return { offset: Math.floor((cluster * 3) / 2), length: 2 };
  return bits === 16 ? { offset: cluster * 2, length: 2 } : { offset: cluster * 4, length: 4 };
}

/** The cluster that follows; undefined at the end of a chain. */
export function decodeFatEntry(bits: FatLayout['bits'], cluster: number, bytes: Buffer): number | undefined {
  const value =
    bits === 12
      ? (bytes.readUInt16LE(0) >> (cluster % 2 === 0 ? 0 : 4)) & 0xfff
      : bits === 16
        ? bytes.readUInt16LE(0)
        : bytes.readUInt32LE(0) & 0x0fffffff;
  const end = bits === 12 ? 0xff7 : bits === 16 ? 0xfff7 : 0x0ffffff7;
  return value < 2 || value >= end ? undefined : value;
}
