/** The structures of ext2, ext3 and ext4 on disk (https://docs.kernel.org/filesystems/ext4/). Pure. */
import { Unreadable } from './byte-source.ts';

export const superblockAt = 1024;
export const superblockSize = 1024;

/** Features that do not change where files are, or that are read here. */
const readable = {
  fileType: 0x2,
  recover: 0x4,
  extents: 0x40,
  bits64: 0x80,
  multiMount: 0x100,
  flexibleGroups: 0x200,
  largeAttributes: 0x400,
  checksumSeed: 0x2000,
  largeDirectories: 0x4000,
  inlineData: 0x8000,
  encryption: 0x10000,
  caseFold: 0x20000,
};
const readableMask = Object.values(readable).reduce((mask, bit) => mask | bit);

export interface Superblock {
  blockSize: number;
  firstDataBlock: number;
  inodesPerGroup: number;
  inodeCount: number;
  inodeSize: number;
  descriptorSize: number;
}

/** @throws Unreadable */
export function decodeSuperblock(bytes: Buffer): Superblock {
  if (bytes.readUInt16LE(56) !== 0xef53) throw new Unreadable('its ext file system has no superblock');
  const logBlockSize = bytes.readUInt32LE(24);
  if (logBlockSize > 6) throw new Unreadable(`its ext blocks have 2^${10 + logBlockSize} bytes`);
  const original = bytes.readUInt32LE(76) === 0;
  const features = original ? 0 : bytes.readUInt32LE(96);
  const unknown = (features & ~readableMask) >>> 0;
  if (unknown !== 0) throw new Unreadable(`its ext file system has features 0x${unknown.toString(16)}`);
  const superblock = {
    blockSize: 1024 << logBlockSize,
    firstDataBlock: bytes.readUInt32LE(20),
    inodesPerGroup: bytes.readUInt32LE(40),
    inodeCount: bytes.readUInt32LE(0),
    inodeSize: original ? 128 : bytes.readUInt16LE(88),
    descriptorSize: features & readable.bits64 ? bytes.readUInt16LE(254) : 32,
  };
  const { blockSize, firstDataBlock, inodesPerGroup, inodeSize, descriptorSize } = superblock;
  const sensible =
    firstDataBlock === (blockSize === 1024 ? 1 : 0) &&
    inodesPerGroup > 0 &&
    inodesPerGroup <= blockSize * 8 &&
    isSize(inodeSize, 128, blockSize) &&
    isSize(descriptorSize, 32, 1024);
  if (!sensible) throw new Unreadable('its ext superblock makes no sense');
  return superblock;
}

const hasJournal = 0x4;

/**
 * Whether a file system with a journal was mounted for writing at or after `since` and has not been unmounted: its journal
 * would have to be recovered. Without one it cannot be told, as the mark of a clean unmount stays away until a check.
 */
export function isExtMounted(superblock: Buffer, since: Date): boolean {
  const mountTime = superblock.readUInt32LE(44) * 1000;
  if (mountTime < Math.floor(since.getTime() / 1000) * 1000) return false;
  if (!(superblock.readUInt32LE(92) & hasJournal)) return false;
  return (superblock.readUInt32LE(96) & readable.recover) !== 0;
}

const isSize = (value: number, least: number, most: number) =>
  value >= least && value <= most && (value & (value - 1)) === 0;

/** The block where a group's inodes begin. */
export function decodeInodeTable(descriptor: Buffer): number {
  const high = descriptor.length >= 64 ? descriptor.readUInt32LE(40) : 0;
  return high * 2 ** 32 + descriptor.readUInt32LE(8);
}

export interface Inode {
  kind: 'file' | 'directory' | 'link' | 'other';
  size: number;
  /** `inline`: the first 60 bytes are in `root` itself. */
  mapping: 'extents' | 'blocks' | 'inline';
  /** Where its blocks are, or a short link's target: 60 bytes. */
  root: Buffer;
}

const kinds: Record<number, Inode['kind']> = { 8: 'file', 4: 'directory', 10: 'link' };

/** @throws Unreadable */
export function decodeInode(bytes: Buffer): Inode {
  const kind = kinds[bytes.readUInt16LE(0) >> 12] ?? 'other';
  const flags = bytes.readUInt32LE(32);
  const low = bytes.readUInt32LE(4);
  const size = low + (kind === 'file' ? bytes.readUInt32LE(108) * 2 ** 32 : 0);
  const root = bytes.subarray(40, 100);
  if (flags & 0x800) throw new Unreadable('a file of its ext file system is encrypted');
  if (flags & 0x10000000) return { kind, size, mapping: 'inline', root };
  if (flags & 0x80000) return { kind, size, mapping: 'extents', root };
  // The target of a short link stands where the blocks of others are listed.
  return { kind, size, mapping: kind === 'link' && size < 60 ? 'inline' : 'blocks', root };
}

export type ExtentNode =
  | { leaf: true; extents: { first: number; count: number; start: number; written: boolean }[] }
  | { leaf: false; children: { first: number; block: number }[] };

/** A node of an extent tree. @throws Unreadable */
export function decodeExtentNode(bytes: Buffer): ExtentNode {
  const count = bytes.readUInt16LE(2);
  const depth = bytes.readUInt16LE(6);
  if (bytes.readUInt16LE(0) !== 0xf30a || 12 + count * 12 > bytes.length || depth > 5)
    throw new Unreadable('an extent tree of its ext file system is damaged');
  const entries = Array.from({ length: count }, (_, index) =>
    bytes.subarray(12 + index * 12, 24 + index * 12),
  );
  if (depth > 0)
    return {
      leaf: false,
      children: entries.map(entry => ({
        first: entry.readUInt32LE(0),
        block: entry.readUInt16LE(8) * 2 ** 32 + entry.readUInt32LE(4),
      })),
    };
  return {
    leaf: true,
    extents: entries.map(entry => {
      const length = entry.readUInt16LE(4);
      return {
        first: entry.readUInt32LE(0),
        count: length > 32768 ? length - 32768 : length,
        start: entry.readUInt16LE(6) * 2 ** 32 + entry.readUInt32LE(8),
        written: length <= 32768,
      };
    }),
  };
}

/**
 * The names in one block of a directory. The inner blocks of an indexed directory look like one unused entry.
 * @throws Unreadable
 */
export function decodeDirectoryBlock(block: Buffer): { name: string; inode: number }[] {
  const entries: { name: string; inode: number }[] = [];
  for (let at = 0; at + 8 <= block.length; ) {
    const inode = block.readUInt32LE(at);
    // In blocks of 64 KiB a length of all of it does not fit its field.
    const length = block.readUInt16LE(at + 4) || block.length;
    const nameLength = block.readUInt8(at + 6);
    if (length < 8 || length % 4 !== 0 || at + length > block.length || 8 + nameLength > length)
      throw new Unreadable('a directory of its ext file system is damaged');
    if (inode !== 0) entries.push({ name: block.toString('utf8', at + 8, at + 8 + nameLength), inode });
    at += length;
  }
  return entries;
}
