import { describe, expect, test } from 'vitest';
import { bufferSource } from '../../src/inspection/byte-source.ts';
import { openExt4 } from '../../src/inspection/ext4.ts';
import { openFat } from '../../src/inspection/fat.ts';
import { openNtfs } from '../../src/inspection/ntfs.ts';
import { fixture } from '../support/disks.ts';

const all = 1e6;

/** 400 KiB of which every one says which it is; 20 to 39 were made a hole. */
const large = Buffer.concat(
  Array.from({ length: 400 }, (_, index) =>
    index >= 20 && index < 40 ? Buffer.alloc(1024) : Buffer.from(`block ${index}`.padEnd(1024)),
  ),
);

describe.each(['ext2', 'ext4'] as const)('the files of %s', kind => {
  const open = () => openExt4(bufferSource(fixture(kind)));

  test('a file of many blocks is read whole, its hole as zeroes, or as far as is asked', async () => {
    const files = await open();
    expect(large.equals((await files.read('/var/large', all))!)).toBe(true);
    expect(large.subarray(0, 1500).equals((await files.read('/var/large', 1500))!)).toBe(true);
  });

  test('links are followed, short and long ones, absolute and relative', async () => {
    const files = await open();
    const program = await files.read('/usr/lib/systemd/systemd', all);
    expect(program?.toString('latin1', 0, 4)).toBe('\x7fELF');
    expect(await files.read('/sbin/init', all)).toEqual(program);
    expect((await files.read('/etc/os-release', all))?.toString()).toContain('ID=debian\n');
  });

  test('a link to itself is refused', async () => {
    const files = await open();
    await expect(files.read('/var/loop', 1)).rejects.toThrow('its links have no end');
  });

  test('nothing is above the root, and what is not there is undefined', async () => {
    const files = await open();
    expect(await files.read('/../../etc/../etc/os-release', 1)).toHaveLength(1);
    expect(await files.read('/etc/no-release', 1)).toBeUndefined();
    expect(await files.read('/etc/os-release/below', 1)).toBeUndefined();
    expect(await files.read('/etc', 1)).toBeUndefined();
    expect(await files.list('/no')).toEqual([]);
  });

  test('a directory of several blocks is listed whole', async () => {
    const names = await (await open()).list('/etc');
    expect(names.filter(name => name.startsWith('a-file-'))).toHaveLength(120);
  });
});

test('features that move files elsewhere are refused by number', async () => {
  const disk = fixture('ext4');
  disk.writeUInt32LE(disk.readUInt32LE(1024 + 96) | 0x10, 1024 + 96);
  await expect(openExt4(bufferSource(disk))).rejects.toThrow('its ext file system has features 0x10');
});

describe.each(['fat12', 'fat16', 'fat32'] as const)('the files of %s', kind => {
  const open = () => openFat(bufferSource(fixture(kind)));

  test('a file of many clusters is read whole', async () => {
    expect(large.equals((await (await open()).read('/large', all))!)).toBe(true);
  });

  test('names are found in any case, short and long ones', async () => {
    const files = await open();
    expect((await files.read('/efi/boot/bootx64.efi', 2))?.toString()).toBe('MZ');
    expect((await files.read('/EFI/microsoft/BOOT/BootMgfw.efi', 2))?.toString()).toBe('MZ');
    expect(await files.list('/efi/boot')).toContain('a-file-with-a-long-name-20');
    expect(await files.read('/efi', 2)).toBeUndefined();
    expect(await files.read('/large/below', 2)).toBeUndefined();
    expect(await files.list('/none')).toEqual([]);
  });
});

describe('the files of ntfs', () => {
  const open = () => openNtfs(bufferSource(fixture('ntfs')));

  test('a directory too large for its record is listed whole', async () => {
    const names = await (await open()).list('/windows/system32');
    expect(names.filter(name => /^a-library-with-a-long-name-\d+\.dll$/.test(name))).toHaveLength(80);
  });

  test('a file is read, small ones from their record', async () => {
    const files = await open();
    const kernel = await files.read('/Windows/System32/ntoskrnl.exe', all);
    expect(kernel?.toString('latin1', 0, 2)).toBe('MZ');
    expect(kernel?.length).toBeGreaterThan(5000);
    expect(await files.read('/Windows/System32/a-library-with-a-long-name-1.dll', all)).toHaveLength(0);
    expect(await files.read('/Windows/none', all)).toBeUndefined();
  });

  test('a torn record is refused', async () => {
    const disk = fixture('ntfs');
    const table = Number(disk.readBigUInt64LE(48)) * 512 * disk.readUInt8(13);
    disk.writeUInt16LE(0xbeef, table + 510);
    await expect(openNtfs(bufferSource(disk))).rejects.toThrow(
      'a FILE record of its NTFS file system is damaged',
    );
  });
});
