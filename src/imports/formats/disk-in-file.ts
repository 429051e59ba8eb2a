/** What a fetched file is, found by reading it ourselves before QEMU does: QEMU follows what hostile headers say. */
import type { ImportFormat } from '../../domain/import-task.ts';
import { type FileReader, invalid } from './file-reader.ts';
import { diskInOva } from './ova.ts';
import { qcow2Size } from './qcow2.ts';
import { vhdSize } from './vhd.ts';
import { vhdxSize } from './vhdx.ts';
import { vmdkSize } from './vmdk.ts';

export interface DiskInFile {
  /** QEMU's name of the format. */
  driver: 'raw' | 'vmdk' | 'vpc' | 'vhdx' | 'qcow2';
  /** Bytes its reader sees; a VHD's driver may round it. */
  size: number;
  /** The bytes of the file it stands in, where that is not all of it. */
  part?: { offset: number; size: number };
}

/** The largest volume there is: 64 TiB. */
const largest = 64 * 1024 ** 4;

/** @throws ImportRefused for a file that is not of the format, needs other files, or holds no possible disk */
export async function diskInFile(file: FileReader, format: ImportFormat): Promise<DiskInFile> {
  if (file.size === 0) throw invalid('The file is empty');
  const disk = await byFormat[format](file);
  if (disk.size <= 0) throw invalid('The disk is empty');
  if (disk.size > largest)
    throw invalid(`The disk is larger than ${largest / 1024 ** 4} TiB, which is more than a volume can have`);
  return disk;
}

const byFormat: Readonly<Record<ImportFormat, (file: FileReader) => Promise<DiskInFile>>> = {
  RAW: async file => {
    await refuseOtherFormats(file);
    return { driver: 'raw', size: file.size };
  },
  VMDK: async file => ({ driver: 'vmdk', size: await vmdkSize(file) }),
  VHD: async file => ({ driver: 'vpc', size: await vhdSize(file) }),
  VHDX: async file => ({ driver: 'vhdx', size: await vhdxSize(file) }),
  QCOW2: async file => ({ driver: 'qcow2', size: await qcow2Size(file) }),
  OVA: async file => {
    const part = await diskInOva(file);
    return { driver: 'vmdk', size: await vmdkSize(partOf(file, part)), part };
  },
};

/** Signatures at the start of what is often given as RAW and is none. */
const others: ReadonlyArray<[name: string, signature: Buffer]> = [
  ['QCOW2', Buffer.from([0x51, 0x46, 0x49, 0xfb])],
  ['VMDK', Buffer.from('KDMV')],
  ['VMDK', Buffer.from('# Disk DescriptorFile')],
  ['VHDX', Buffer.from('vhdxfile')],
  ['VHD', Buffer.from('conectix')],
  ['gzip', Buffer.from([0x1f, 0x8b, 0x08])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['zip', Buffer.from([0x50, 0x4b, 0x03, 0x04])],
];

async function refuseOtherFormats(file: FileReader): Promise<void> {
  const start = await file.read(0, 32);
  const other = others.find(([, signature]) => start.subarray(0, signature.length).equals(signature));
  if (other) throw invalid(`The file is in ${other[0]} format, not RAW`);
}

function partOf(file: FileReader, { offset, size }: { offset: number; size: number }): FileReader {
  return {
    size,
    read: (at, length) => file.read(offset + at, Math.max(0, Math.min(length, size - at))),
  };
}
