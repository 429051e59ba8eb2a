import { type ByteSource, Unreadable } from './byte-source.ts';
import { decodeExtentNode, type Inode } from './ext4-layout.ts';

/**
 * The first `length` bytes of what an inode says, or all of it. Holes are zeroes.
 * @throws Unreadable
 */
export async function readInode(
  disk: ByteSource,
  blockSize: number,
  inode: Inode,
  length: number,
): Promise<Buffer> {
  const wanted = Math.min(length, inode.size);
  if (inode.mapping === 'inline') return Buffer.from(inode.root.subarray(0, wanted));
  const blocks: Buffer[] = [];
  for (let index = 0; index * blockSize < wanted; index++) {
    const block = await (inode.mapping === 'extents' ? extentBlock : mappedBlock)(
      disk,
      blockSize,
      inode.root,
      index,
    );
    blocks.push(block === 0 ? Buffer.alloc(blockSize) : await disk.readAt(block * blockSize, blockSize));
  }
  return Buffer.concat(blocks).subarray(0, wanted);
}

/** The block of a file's block by its extent tree; 0 for a hole. */
async function extentBlock(
  disk: ByteSource,
  blockSize: number,
  root: Buffer,
  index: number,
): Promise<number> {
  let bytes = root;
  for (let depth = 0; depth < 6; depth++) {
    const node = decodeExtentNode(bytes);
    if (node.leaf) {
      const extent = node.extents.find(({ first, count }) => index >= first && index < first + count);
      return extent?.written ? extent.start + index - extent.first : 0;
    }
    const child = node.children.findLast(({ first }) => index >= first);
    if (!child) return 0;
    bytes = await disk.readAt(child.block * blockSize, blockSize);
  }
  throw new Unreadable('an extent tree of its ext file system has no end');
}

/** The same by the block map of ext2 and ext3: twelve blocks, then one, two and three levels of lists. */
async function mappedBlock(
  disk: ByteSource,
  blockSize: number,
  root: Buffer,
  index: number,
): Promise<number> {
  if (index < 12) return root.readUInt32LE(index * 4);
  const perBlock = blockSize / 4;
  let rest = index - 12;
  for (let level = 1; level <= 3; level++) {
    if (rest < perBlock ** level)
      return descend(disk, blockSize, root.readUInt32LE((11 + level) * 4), rest, level);
    rest -= perBlock ** level;
  }
  throw new Unreadable('a file of its ext file system is larger than its block map');
}

async function descend(
  disk: ByteSource,
  blockSize: number,
  from: number,
  index: number,
  levels: number,
): Promise<number> {
  let block = from;
  for (let level = levels - 1; level >= 0 && block !== 0; level--) {
    const span = (blockSize / 4) ** level;
    const list = await disk.readAt(block * blockSize, blockSize);
    block = list.readUInt32LE((Math.floor(index / span) % (blockSize / 4)) * 4);
  }
  return block;
}
