import { type FileHandle, open } from 'node:fs/promises';
import { Refusal } from '../errors.ts';

/** What a file's bytes say it is: a disk, another format, or nothing known. Offsets from the formats' own documents. */
export type Content =
  | { kind: 'disk' }
  | { kind: 'format'; name: string }
  | { kind: 'packed'; name: string }
  | { kind: 'unknown' };

/** Bytes from the start of a file that `contentOf` needs to know every file system it can. */
const headLength = 66_000;

const at = (bytes: Buffer, offset: number, signature: string | number[]) => {
  const wanted = Buffer.from(signature as string);
  return bytes.subarray(offset, offset + wanted.length).equals(wanted);
};

const formats: ReadonlyArray<[name: string, (head: Buffer, tail: Buffer) => boolean]> = [
  ['qcow2', head => at(head, 0, [0x51, 0x46, 0x49, 0xfb])],
  ['vmdk', head => at(head, 0, 'KDMV') || at(head, 0, 'COWD') || at(head, 0, '# Disk DescriptorFile')],
  ['vhdx', head => at(head, 0, 'vhdxfile')],
  ['vdi', head => at(head, 64, [0x7f, 0x10, 0xda, 0xbe])],
  // A fixed VHD is a raw disk with its description behind it.
  ['vpc', (head, tail) => at(head, 0, 'conectix') || at(tail, 0, 'conectix')],
];

const packings: ReadonlyArray<[name: string, (head: Buffer) => boolean]> = [
  ['gzip', head => at(head, 0, [0x1f, 0x8b])],
  ['xz', head => at(head, 0, [0xfd, 0x37, 0x7a, 0x58, 0x5a])],
  ['zstd', head => at(head, 0, [0x28, 0xb5, 0x2f, 0xfd])],
  ['bzip2', head => at(head, 0, 'BZh')],
  ['zip', head => at(head, 0, [0x50, 0x4b, 0x03, 0x04])],
  ['tar', head => at(head, 257, 'ustar')],
];

const disks: ReadonlyArray<(head: Buffer) => boolean> = [
  head => at(head, 510, [0x55, 0xaa]), // MBR, and the boot sector of FAT and NTFS
  head => at(head, 512, 'EFI PART') || at(head, 4096, 'EFI PART'), // GPT
  head => at(head, 1080, [0x53, 0xef]), // ext2, ext3, ext4
  head => at(head, 0, 'XFSB'),
  head => at(head, 65_600, '_BHRfS_M'), // btrfs
  head => at(head, 512, 'LABELONE') || at(head, 4086, 'SWAPSPACE2'),
];

/** `head`: the file's first `headLength` bytes; `tail`: its last 512. */
export function contentOf(head: Buffer, tail: Buffer): Content {
  const format = formats.find(([, matches]) => matches(head, tail));
  if (format) return { kind: 'format', name: format[0] };
  const packing = packings.find(([, matches]) => matches(head));
  if (packing) return { kind: 'packed', name: packing[0] };
  return disks.some(matches => matches(head)) ? { kind: 'disk' } : { kind: 'unknown' };
}

/**
 * The size in bytes of the raw disk in a file.
 * @throws Refusal with the remedy, for a file that is no raw disk. `force` takes what nothing is known of.
 */
export async function checkDisk(path: string, force = false): Promise<number> {
  const file = await open(path).catch(error => {
    throw new Refusal(
      error.code === 'ENOENT' ? `There is no file ${path}.` : `${path} could not be opened: ${error.message}`,
    );
  });
  try {
    const { size } = await file.stat().then(stat => {
      if (!stat.isFile()) throw new Refusal(`${path} is not a file: give the path of a disk file.`);
      return stat;
    });
    if (size === 0) throw new Refusal(`${path} is empty: give a file that holds a disk.`);
    const content = contentOf(
      await read(file, 0, headLength),
      await read(file, Math.max(0, size - 512), 512),
    );
    if (content.kind === 'format')
      throw new Refusal(`${path} is a ${content.name} file, not a raw disk: say --format ${content.name}.`);
    if (content.kind === 'packed')
      throw new Refusal(`${path} is packed with ${content.name}: unpack it first and give the disk inside.`);
    if (content.kind === 'unknown' && !force)
      throw new Refusal(
        `${path} has no partition table and no file system that is known here: check the file, or say --force to take it as it is.`,
      );
    return size;
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
