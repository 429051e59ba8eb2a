import { describe, expect, test } from 'vitest';
import { bufferSource } from '../../src/inspection/byte-source.ts';
import { isMounted } from '../../src/inspection/mounted.ts';
import { fixture, mbrDisk } from '../support/disks.ts';

const attached = new Date('2026-05-10T13:17:12.500Z');
const linux = 0x83;

/** A file system of the fixtures, with other marks in its superblock. */
function ext(name: 'ext2' | 'ext4', change: (superblock: Buffer) => void): Buffer {
  const disk = Buffer.from(fixture(name));
  change(disk.subarray(1024, 2048));
  return disk;
}
const mounted = (time: Date) => (superblock: Buffer) => {
  superblock.writeUInt32LE(Math.floor(time.getTime() / 1000), 44);
  superblock.writeUInt32LE(superblock.readUInt32LE(92) | 0x4, 92);
  superblock.writeUInt32LE(superblock.readUInt32LE(96) | 0x4, 96);
};
const inUse = (disk: Buffer) => isMounted(bufferSource(disk), attached);

describe('a file system of a disk', () => {
  test('is mounted while its journal would have to be recovered', async () => {
    expect(await inUse(ext('ext4', mounted(attached)))).toBe(true);
    expect(await inUse(mbrDisk([{ type: linux, contents: ext('ext4', mounted(attached)) }]))).toBe(true);
    expect(await inUse(ext('ext4', superblock => superblock.writeUInt32LE(2 ** 32 - 1, 44)))).toBe(false);
  });

  test('without a journal does not tell', async () => {
    const disk = ext('ext2', superblock => {
      superblock.writeUInt32LE(2 ** 32 - 1, 44);
      superblock.writeUInt16LE(0, 58);
    });
    expect(await inUse(disk)).toBe(false);
  });

  test('that was mounted elsewhere, before the disk came, is not', async () => {
    expect(await inUse(ext('ext4', mounted(new Date('2026-05-10T13:17:11.000Z'))))).toBe(false);
  });

  test('is not known to be mounted where it is another one, or none, or makes no sense', async () => {
    for (const disk of [
      fixture('fat32'),
      Buffer.alloc(4096),
      Buffer.alloc(100),
      Buffer.from(fixture('ntfs')),
    ])
      expect(await inUse(disk)).toBe(false);
    const cut = ext('ext4', mounted(attached)).subarray(0, 1500);
    expect(await inUse(cut)).toBe(false);
  });
});
