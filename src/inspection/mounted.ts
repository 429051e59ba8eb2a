import { type ByteSource, bounded, Unreadable } from './byte-source.ts';
import { isExtMounted, superblockAt, superblockSize } from './ext4-layout.ts';
import { fileSystemOf } from './file-system.ts';
import { readLayout } from './partitions.ts';

const limits = { reads: 512, bytes: 8 * 1024 * 1024 };

/**
 * Whether a disk has an ext3 or ext4 file system that was mounted for writing after `since` and not unmounted: it
 * says so itself. Others are not known to be mounted, nor is what cannot be read.
 */
export async function isMounted(disk: ByteSource, since: Date): Promise<boolean> {
  try {
    const { partitions } = await readLayout(bounded(disk, limits));
    for (const { source } of partitions)
      if ((await fileSystemOf(source)) === 'ext') {
        const superblock = await source.readAt(superblockAt, superblockSize);
        if (isExtMounted(superblock, since)) return true;
      }
    return false;
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}
