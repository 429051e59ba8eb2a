import { type FileReader, invalid, readExactly, toSize, wrongFormat } from './file-reader.ts';

const sector = 512;
/** QEMU reads no more of a descriptor that stands in the file. */
const longestDescriptor = 20 * sector;

/**
 * The size of the disk in a VMDK of a single sparse file (monolithicSparse, streamOptimized).
 * https://www.vmware.com/app/vmdk/?src=vmdk (Virtual Disk Format 5.0)
 * @throws ImportRefused also for one whose extents, or parent, are other files
 */
export async function vmdkSize(file: FileReader): Promise<number> {
  const start = await file.read(0, 21);
  if (start.toString('latin1', 0, 4) === 'COWD') throw elsewhere('an ESX sparse extent');
  if (start.toString('latin1') === '# Disk DescriptorFile') throw elsewhere('a descriptor of other files');
  if (start.toString('latin1', 0, 4) !== 'KDMV') throw wrongFormat('VMDK');
  const header = await readExactly(file, 0, sector);
  const capacity = toSize(header.readBigUInt64LE(12) * BigInt(sector));
  const descriptorOffset = toSize(header.readBigUInt64LE(28) * BigInt(sector));
  // With neither, QEMU would look for the disk in the files the descriptor names.
  if (capacity === 0) throw elsewhere('a descriptor of other files');
  if (descriptorOffset > 0) {
    const length = Math.min(longestDescriptor, file.size - descriptorOffset);
    if (length <= 0) throw invalid('The file is cut short');
    checkDescriptor((await file.read(descriptorOffset, length)).toString('latin1'));
  }
  return capacity;
}

function checkDescriptor(text: string): void {
  if (/parentFileNameHint/i.test(text)) throw elsewhere('a child of another disk');
  const parent = /parentCID\s*=\s*([0-9a-f]+)/i.exec(text)?.[1];
  if (parent !== undefined && !/^f{8}$/i.test(parent)) throw elsewhere('a child of another disk');
  const type = /createType\s*=\s*"([^"\n]*)"/i.exec(text)?.[1];
  if (type !== undefined && type !== 'monolithicSparse' && type !== 'streamOptimized')
    throw elsewhere(`of the type ${JSON.stringify(type.slice(0, 40))}`);
  const extents = text.match(/^\s*(RW|RDONLY|NOACCESS)\s+\d+\s+\w+/gm) ?? [];
  if (extents.length > 1 || extents.some(extent => !/SPARSE$/.test(extent)))
    throw elsewhere('of several files');
}

const elsewhere = (what: string) =>
  invalid(`The VMDK is ${what}: make it a single file (streamOptimized or monolithicSparse)`);
