import { describe, expect, test } from 'vitest';
import { bufferSource } from '../../src/inspection/byte-source.ts';
import { inspectDisk } from '../../src/inspection/inspect-disk.ts';
import { fixture, gptDisk, gptType, mbrDisk, writeMbrEntry } from '../support/disks.ts';

const inspect = (disk: Buffer) => inspectDisk(bufferSource(disk));
const debian = { family: 'linux', id: 'debian', version: '12', name: 'Debian GNU/Linux 12 (bookworm)' };
const windows = { family: 'windows', name: 'Windows' };
const marked = (offset: number, mark: string) => {
  const partition = Buffer.alloc(128 * 1024);
  partition.write(mark, offset, 'latin1');
  return partition;
};

describe('what is on a disk', () => {
  test.each(['ext2', 'ext4'] as const)('%s without a partition table: the system is named', async kind => {
    expect(await inspect(fixture(kind))).toEqual({
      fileSystems: ['ext'],
      operatingSystem: debian,
      architecture: 'x86_64',
      uefi: false,
    });
  });

  test('a DOS table with boot code and no EFI loader boots with a BIOS only', async () => {
    expect(await inspect(mbrDisk([{ type: 0x83, contents: fixture('ext4') }]))).toEqual({
      partitionTable: 'mbr',
      fileSystems: ['ext'],
      operatingSystem: debian,
      architecture: 'x86_64',
      bios: true,
      uefi: false,
    });
  });

  test.each([512, 4096])(
    'a GUID table with sectors of %i bytes and an EFI loader boots with UEFI',
    async sectorSize => {
      const pieces = [
        { type: gptType.efiSystem, contents: fixture('fat16') },
        { type: gptType.linux, contents: fixture('ext4') },
      ];
      expect(await inspect(gptDisk(pieces, { code: false, sectorSize }))).toEqual({
        partitionTable: 'gpt',
        fileSystems: ['fat', 'ext'],
        operatingSystem: debian,
        architecture: 'x86_64',
        bios: false,
        uefi: true,
      });
    },
  );

  test('with a BIOS boot partition as well, it boots with both', async () => {
    const pieces = [
      { type: gptType.biosBoot },
      { type: gptType.efiSystem, contents: fixture('fat32') },
      { type: gptType.linux, contents: fixture('ext4') },
    ];
    expect(await inspect(gptDisk(pieces))).toMatchObject({ bios: true, uefi: true });
  });

  test('boot code beside a GUID table with nothing for it to load says nothing either way', async () => {
    const facts = await inspect(gptDisk([{ type: gptType.linux, contents: fixture('ext4') }]));
    expect(facts.bios).toBeUndefined();
  });

  test('an EFI system partition that holds no loader we can find says nothing either way', async () => {
    const disk = gptDisk([{ type: gptType.efiSystem, contents: marked(3, 'EXFAT   ') }]);
    expect(await inspect(disk)).toEqual({ partitionTable: 'gpt', fileSystems: ['exfat'] });
  });

  test('a logical partition of an extended one is found', async () => {
    const inner = mbrDisk([{ type: 0x83, contents: fixture('ext4') }]);
    const disk = mbrDisk([{ type: 0x05, contents: inner }]);
    expect(await inspect(disk)).toMatchObject({ operatingSystem: debian, architecture: 'x86_64' });
  });

  test('an extended partition that leads back to itself is a problem, not a loop', async () => {
    const inner = Buffer.alloc(4096);
    writeMbrEntry(inner, 0, 0x05, 0, 8);
    inner.writeUInt16LE(0xaa55, 510);
    expect(await inspect(mbrDisk([{ type: 0x05, contents: inner }]))).toEqual({
      problem: 'its extended partition has no end',
    });
  });

  test('Windows is known by its kernel and registry, and by its boot manager on the EFI system partition', async () => {
    expect(await inspect(mbrDisk([{ type: 7, contents: fixture('ntfs') }]))).toMatchObject({
      operatingSystem: { family: 'windows', name: 'Windows Server 2022 Standard', version: '20348' },
      architecture: 'x86_64',
      bios: true,
    });
    expect(await inspect(gptDisk([{ type: gptType.efiSystem, contents: fixture('fat12') }]))).toMatchObject({
      operatingSystem: windows,
      uefi: true,
    });
  });

  test('macOS is known by APFS and HFS+', async () => {
    const macos = { family: 'macos', name: 'macOS' };
    expect(await inspect(gptDisk([{ type: gptType.apfs }]))).toMatchObject({ operatingSystem: macos });
    expect(await inspect(marked(32, 'NXSB'))).toMatchObject({ operatingSystem: macos });
    expect(await inspect(marked(1024, 'H+\0\x04'))).toMatchObject({ operatingSystem: macos });
  });

  test.each([
    ['xfs', 0, 'XFSB'],
    ['btrfs', 65_600, '_BHRfS_M'],
    ['lvm', 512, 'LABELONE'],
    ['luks', 0, 'LUKS\xba\xbe'],
  ])('%s is named; on a disk that boots, it is Linux', async (name, offset, mark) => {
    const contents = marked(offset, mark);
    expect(await inspect(contents)).toEqual({ fileSystems: [name], uefi: false });
    expect(await inspect(mbrDisk([{ type: 0x83, contents }]))).toMatchObject({
      fileSystems: [name],
      operatingSystem: { family: 'linux', name: 'Linux' },
    });
  });

  test.each([0, 1, 511, 512, 4096])('of %i zeroes nothing is said', async size => {
    expect(await inspect(Buffer.alloc(size))).toEqual({ uefi: false });
  });

  test('a table whose checksum does not match is a problem that names it', async () => {
    const disk = gptDisk([{ type: gptType.linux, contents: fixture('ext4') }]);
    disk.writeUInt8(7, 2 * 512 + 40);
    expect(await inspect(disk)).toEqual({
      problem: 'the checksum of its GUID partition table entries does not match',
    });
  });

  test('a damaged partition does not hide the others', async () => {
    const damaged = fixture('ext4');
    damaged.fill(0xff, 1024 + 88, 1024 + 90);
    const pieces = [
      { type: 0x83, contents: damaged },
      { type: 0x83, contents: fixture('ext4') },
    ];
    expect(await inspect(mbrDisk(pieces))).toMatchObject({
      operatingSystem: debian,
      problem: 'its ext superblock makes no sense',
    });
  });

  test('reading stops when it takes too long', async () => {
    expect(await inspectDisk(bufferSource(fixture('ext4')), AbortSignal.abort())).toEqual({
      problem: 'it took too long',
    });
  });
});
