/** Disks in memory for tests of what is on them: file systems made by the usual tools, and tables around them. */
import { readFileSync } from 'node:fs';
import { crc32, zstdDecompressSync } from 'node:zlib';

export type Fixture = 'ext2' | 'ext4' | 'fat12' | 'fat16' | 'fat32' | 'ntfs';

/** A file system that `test/inspection/fixtures/make` made. */
export function fixture(name: Fixture): Buffer {
  return zstdDecompressSync(readFileSync(new URL(`../inspection/fixtures/${name}.zst`, import.meta.url)));
}

export interface Piece {
  /** MBR type, or GPT type GUID. */
  type: number | string;
  contents?: Buffer;
}

const firstSector = 64;
const sectorsOf = (piece: Piece, size: number) => Math.ceil((piece.contents?.length ?? size) / size);

/** A disk with a DOS table; `code`: with something for a BIOS to start. */
export function mbrDisk(pieces: readonly Piece[], { code = true } = {}): Buffer {
  const sectors = pieces.map(piece => sectorsOf(piece, 512));
  const disk = Buffer.alloc((firstSector + sectors.reduce((sum, count) => sum + count, 0)) * 512);
  let at = firstSector;
  pieces.forEach((piece, index) => {
    writeMbrEntry(disk, index, Number(piece.type), at, sectors[index]!);
    piece.contents?.copy(disk, at * 512);
    at += sectors[index]!;
  });
  if (code) disk.writeUInt8(0xeb, 0);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

export function writeMbrEntry(
  sector: Buffer,
  index: number,
  type: number,
  start: number,
  length: number,
): void {
  const at = 446 + index * 16;
  sector.writeUInt8(type, at + 4);
  sector.writeUInt32LE(start, at + 8);
  sector.writeUInt32LE(length, at + 12);
}

export const gptType = {
  efiSystem: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  biosBoot: '21686148-6449-6e6f-744e-656564454649',
  linux: '0fc63daf-8483-4772-8e79-3d69d8477de4',
  apfs: '7c3457ef-0000-11aa-aa11-00306543ecac',
};

/** A disk with a GUID partition table, of sectors of 512 or 4096 bytes. */
export function gptDisk(pieces: readonly Piece[], { code = true, sectorSize = 512 } = {}): Buffer {
  const sectors = pieces.map(piece => sectorsOf(piece, sectorSize));
  const total = firstSector + sectors.reduce((sum, count) => sum + count, 0);
  const disk = Buffer.alloc(total * sectorSize);
  const table = Buffer.alloc(128 * 128);
  let at = firstSector;
  pieces.forEach((piece, index) => {
    const entry = table.subarray(index * 128);
    guidBytes(String(piece.type)).copy(entry);
    entry.writeUInt8(index + 1, 16);
    entry.writeBigUInt64LE(BigInt(at), 32);
    entry.writeBigUInt64LE(BigInt(at + sectors[index]! - 1), 40);
    piece.contents?.copy(disk, at * sectorSize);
    at += sectors[index]!;
  });
  table.copy(disk, 2 * sectorSize);
  writeGptHeader(disk.subarray(sectorSize, 2 * sectorSize), table);
  writeMbrEntry(disk, 0, 0xee, 1, total - 1);
  if (code) disk.writeUInt8(0xeb, 0);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

function writeGptHeader(header: Buffer, table: Buffer): void {
  header.write('EFI PART');
  header.writeUInt32LE(0x10000, 8);
  header.writeUInt32LE(92, 12);
  header.writeBigUInt64LE(2n, 72);
  header.writeUInt32LE(128, 80);
  header.writeUInt32LE(128, 84);
  header.writeUInt32LE(crc32(table), 88);
  header.writeUInt32LE(crc32(header.subarray(0, 92)), 16);
}

function guidBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
