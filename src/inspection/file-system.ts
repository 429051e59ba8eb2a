import type { ByteSource } from './byte-source.ts';

/** File systems and containers by what is written where. Only `ext`, `fat` and `ntfs` are read further. */
const marks: readonly { name: string; offset: number; bytes: Buffer }[] = [
  { name: 'ntfs', offset: 3, bytes: Buffer.from('NTFS    ') },
  { name: 'bitlocker', offset: 3, bytes: Buffer.from('-FVE-FS-') },
  { name: 'exfat', offset: 3, bytes: Buffer.from('EXFAT   ') },
  { name: 'fat', offset: 54, bytes: Buffer.from('FAT') },
  { name: 'fat', offset: 82, bytes: Buffer.from('FAT32') },
  { name: 'xfs', offset: 0, bytes: Buffer.from('XFSB') },
  { name: 'luks', offset: 0, bytes: Buffer.from('LUKS\xba\xbe', 'latin1') },
  { name: 'squashfs', offset: 0, bytes: Buffer.from('hsqs') },
  { name: 'apfs', offset: 32, bytes: Buffer.from('NXSB') },
  { name: 'lvm', offset: 512, bytes: Buffer.from('LABELONE') },
  { name: 'hfs+', offset: 1024, bytes: Buffer.from('H+\0\x04') },
  { name: 'hfs+', offset: 1024, bytes: Buffer.from('HX\0\x05') },
  { name: 'ext', offset: 1080, bytes: Buffer.from([0x53, 0xef]) },
  { name: 'swap', offset: 4086, bytes: Buffer.from('SWAPSPACE2') },
  { name: 'btrfs', offset: 65_600, bytes: Buffer.from('_BHRfS_M') },
];

/** What a partition holds; undefined for what we do not know, also nothing at all. */
export async function fileSystemOf(partition: ByteSource): Promise<string | undefined> {
  const start = await partition.readAt(0, Math.min(partition.size, 4096));
  for (const { name, offset, bytes } of marks) {
    const end = offset + bytes.length;
    if (end > partition.size) continue;
    const found =
      end <= start.length ? start.subarray(offset, end) : await partition.readAt(offset, bytes.length);
    if (bytes.equals(found)) return name;
  }
  return undefined;
}
