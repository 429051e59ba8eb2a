/** Disks as the machine's own tools make them: whole file systems, tables by sfdisk, FAT by QEMU. */
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspectDisk } from '../../src/inspection/inspect-disk.ts';
import { run } from '../support/amity.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const inFolder = (name: string) => join(folder.path, name);
const MiB = 1024 ** 2;
const elf = Buffer.from(`7f454c460201010000000000000000000200b700${'00'.repeat(100)}`, 'hex');
const pe = Buffer.from(
  `4d5a${'00'.repeat(58)}40000000${Buffer.from('PE\0\0').toString('hex')}64aa${'00'.repeat(20)}`,
  'hex',
);

beforeAll(async () => {
  folder = await temporaryFolder();
  const root = inFolder('root');
  for (const path of ['etc', 'boot', 'usr/lib', 'usr/sbin']) mkdirSync(join(root, path), { recursive: true });
  writeFileSync(
    join(root, 'usr/lib/os-release'),
    'ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04 LTS"\n',
  );
  symlinkSync('../usr/lib/os-release', join(root, 'etc/os-release'));
  symlinkSync('usr/sbin', join(root, 'sbin'));
  writeFileSync(join(root, 'usr/sbin/init'), elf);
  writeFileSync(join(root, 'boot/vmlinuz'), pe);
  mkdirSync(inFolder('esp/EFI/BOOT'), { recursive: true });
  writeFileSync(inFolder('esp/EFI/BOOT/BOOTAA64.EFI'), pe);
});
afterAll(() => folder.remove());

async function inspect(name: string) {
  const file: FileHandle = await open(inFolder(name));
  try {
    const { size } = await file.stat();
    return await inspectDisk({
      size,
      async readAt(offset, length) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
        expect(bytesRead).toBe(length);
        return buffer;
      },
    });
  } finally {
    await file.close();
  }
}

async function fileSystem(name: string, size: number, ...options: string[]) {
  writeFileSync(inFolder(name), '');
  truncateSync(inFolder(name), size);
  await run('/usr/sbin/mke2fs', ['-q', ...options, '-d', inFolder('root'), '-F', inFolder(name)]);
}

async function place(part: string, disk: string, sector: number) {
  const file = await open(inFolder(disk), 'r+');
  const bytes = readFileSync(inFolder(part));
  await file.write(bytes, 0, bytes.length, sector * 512);
  await file.close();
}

const ubuntu = {
  operatingSystem: { family: 'linux', name: 'Ubuntu 24.04 LTS', id: 'ubuntu', version: '24.04' },
  architecture: 'arm64',
};

test.each([
  ['ext4', 64 * MiB, ['-t', 'ext4']],
  ['ext4-large-blocks', 64 * MiB, ['-t', 'ext4', '-b', '4096', '-O', '64bit,metadata_csum']],
  ['ext4-sparse', 8 * 1024 * MiB, ['-t', 'ext4']],
  ['ext3', 32 * MiB, ['-t', 'ext3', '-b', '2048']],
  ['ext2', 32 * MiB, ['-t', 'ext2', '-b', '1024', '-I', '128']],
] as const)('%s as mke2fs makes it', async (name, size, options) => {
  await fileSystem(name, size, ...options);
  expect(await inspect(name)).toEqual({ fileSystems: ['ext'], ...ubuntu, uefi: false });
});

test('a table by sfdisk, a FAT by QEMU and an ext4 make a disk that boots with UEFI', async () => {
  await fileSystem('root.ext4', 32 * MiB, '-t', 'ext4');
  const floppy = `fat:floppy:${inFolder('esp')}`;
  await run('qemu-img', ['convert', '-f', 'vvfat', '-O', 'raw', floppy, inFolder('esp.fat')]);
  expect(await inspect('esp.fat')).toEqual({ fileSystems: ['fat'], architecture: 'arm64', uefi: true });

  const esp = readFileSync(inFolder('esp.fat'));
  const espSectors = Math.ceil(esp.length / 512);
  const rootAt = 2048 + Math.ceil(espSectors / 2048) * 2048;
  writeFileSync(inFolder('disk'), '');
  truncateSync(inFolder('disk'), (rootAt + 32 * 2048 + 2048) * 512);
  const table = [
    'label: gpt',
    `start=2048, size=${espSectors}, type=U`,
    `start=${rootAt}, size=${32 * 2048}, type=L`,
  ];
  writeFileSync(inFolder('table'), `${table.join('\n')}\n`);
  await run('/bin/sh', ['-c', '/usr/sbin/sfdisk -q "$1" <"$2"', 'sh', inFolder('disk'), inFolder('table')]);
  await place('esp.fat', 'disk', 2048);
  await place('root.ext4', 'disk', rootAt);
  const uefi = { partitionTable: 'gpt', fileSystems: ['fat', 'ext'], ...ubuntu, bios: false, uefi: true };
  expect(await inspect('disk')).toEqual(uefi);

  // A disk that was moved to a larger volume has its second table somewhere in the middle.
  copyFileSync(inFolder('disk'), inFolder('grown'));
  truncateSync(inFolder('grown'), 1024 * MiB);
  expect(await inspect('grown')).toEqual(uefi);
});
