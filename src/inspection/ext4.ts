import { type ByteSource, Unreadable } from './byte-source.ts';
import { readInode } from './ext4-blocks.ts';
import {
  decodeDirectoryBlock,
  decodeInode,
  decodeInodeTable,
  decodeSuperblock,
  type Inode,
  superblockAt,
  superblockSize,
} from './ext4-layout.ts';
import { type Files, segments } from './files.ts';

const rootInode = 2;
const largestDirectory = 1024 * 1024;
const longestLink = 4096;
/** As many links as Linux follows. */
const mostLinks = 40;

/**
 * The files of an ext2, ext3 or ext4 file system. Its journal is not replayed: what was changed in a guest's last
 * seconds may look as it did before. @throws Unreadable
 */
export async function openExt4(disk: ByteSource): Promise<Files> {
  const superblock = decodeSuperblock(await disk.readAt(superblockAt, superblockSize));
  const { blockSize, inodesPerGroup, inodeCount, inodeSize, descriptorSize } = superblock;

  const inodeOf = async (number: number): Promise<Inode> => {
    if (number < 1 || number > inodeCount) throw new Unreadable(`its ext file system has no inode ${number}`);
    const group = Math.floor((number - 1) / inodesPerGroup);
    const descriptors = (superblock.firstDataBlock + 1) * blockSize;
    const descriptor = await disk.readAt(descriptors + group * descriptorSize, descriptorSize);
    const at = decodeInodeTable(descriptor) * blockSize + ((number - 1) % inodesPerGroup) * inodeSize;
    return decodeInode(await disk.readAt(at, inodeSize));
  };

  const entriesOf = async (directory: Inode) => {
    if (directory.kind !== 'directory') return [];
    if (directory.mapping === 'inline') throw new Unreadable('a directory of its ext file system is inline');
    const bytes = await readInode(disk, blockSize, directory, largestDirectory);
    const entries = [];
    for (let at = 0; at + blockSize <= bytes.length; at += blockSize)
      entries.push(...decodeDirectoryBlock(bytes.subarray(at, at + blockSize)));
    return entries;
  };

  const find = async (path: string): Promise<Inode | undefined> => {
    // Inodes from the root to where we are: `..` goes back along them, and never above the root.
    let trail = [await inodeOf(rootInode)];
    const ahead = segments(path);
    for (let links = 0; ; ) {
      const name = ahead.shift();
      if (name === undefined) return trail.at(-1);
      if (name === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const entry = (await entriesOf(trail.at(-1)!)).find(candidate => candidate.name === name);
      if (!entry) return undefined;
      const inode = await inodeOf(entry.inode);
      if (inode.kind !== 'link') {
        trail.push(inode);
        continue;
      }
      if (++links > mostLinks) throw new Unreadable('its links have no end');
      const target = (await readInode(disk, blockSize, inode, longestLink)).toString('utf8');
      if (target.startsWith('/')) trail = trail.slice(0, 1);
      ahead.unshift(...segments(target));
    }
  };

  return {
    async read(path, length) {
      const inode = await find(path);
      return inode?.kind === 'file' ? readInode(disk, blockSize, inode, length) : undefined;
    },
    async list(path) {
      const directory = await find(path);
      return directory ? (await entriesOf(directory)).map(entry => entry.name) : [];
    },
  };
}
