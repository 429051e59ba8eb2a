import { type FileReader, invalid, readExactly, toSize, wrongFormat } from './file-reader.ts';

/** Both copies of the region table: https://learn.microsoft.com/openspecs/windows_protocols/ms-vhdx */
const regionTables = [192 * 1024, 256 * 1024];
const tableLength = 64 * 1024;
const mostEntries = 2047;
const metadataRegion = guid('8B7CA206-4790-4B9A-B8FE-575F050F886E');
const fileParameters = guid('CAA16737-FA36-4D43-B3B6-33F0AA44E76B');
const virtualDiskSize = guid('2FA54224-CD1B-4876-B211-5DBED83BF4B8');
const hasParent = 2;

/** The size of the disk in a VHDX that stands alone. @throws ImportRefused */
export async function vhdxSize(file: FileReader): Promise<number> {
  const start = await file.read(0, 8);
  if (start.toString('latin1') !== 'vhdxfile') throw wrongFormat('VHDX');
  const sizes = new Set<number>();
  for (const table of regionTables) {
    const region = await metadataOffset(file, table);
    if (region !== undefined) sizes.add(await sizeIn(file, region));
  }
  const [size, other] = sizes;
  if (size === undefined || other !== undefined) throw invalid('The VHDX has no valid region table');
  return size;
}

/** Undefined where the table is no table: a writer may have been cut off in one of the two. */
async function metadataOffset(file: FileReader, table: number): Promise<number | undefined> {
  const bytes = await readExactly(file, table, tableLength);
  if (bytes.toString('latin1', 0, 4) !== 'regi') return undefined;
  const entry = entriesOf(bytes, 16, bytes.readUInt32LE(8)).find(one => one.id === metadataRegion);
  return entry && toSize(bytes.readBigUInt64LE(entry.at + 16));
}

async function sizeIn(file: FileReader, region: number): Promise<number> {
  const bytes = await readExactly(file, region, tableLength);
  if (bytes.toString('latin1', 0, 8) !== 'metadata') throw invalid('The VHDX has no metadata');
  const item = async (id: string, length: number) => {
    const entry = entriesOf(bytes, 32, bytes.readUInt16LE(10)).find(one => one.id === id);
    if (!entry) throw invalid('The VHDX lacks metadata that every disk has');
    return readExactly(file, region + bytes.readUInt32LE(entry.at + 16), length);
  };
  if ((await item(fileParameters, 8)).readUInt32LE(4) & hasParent)
    throw invalid('The VHDX is a child of another disk: merge it with its parent');
  return toSize((await item(virtualDiskSize, 8)).readBigUInt64LE(0));
}

/** The 32-byte entries of a table that begin with a GUID. */
function entriesOf(bytes: Buffer, start: number, count: number): { id: string; at: number }[] {
  if (count > mostEntries || start + count * 32 > bytes.length)
    throw invalid('A table of the VHDX is too long');
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * 32;
    return { id: bytes.toString('hex', at, at + 16), at };
  });
}

/** A GUID as its bytes are stored: the first three groups are little-endian. */
function guid(text: string): string {
  const [a = '', b = '', c = '', ...rest] = text.toLowerCase().split('-');
  const turned = [a, b, c].map(group => Buffer.from(group, 'hex').reverse().toString('hex'));
  return [...turned, ...rest].join('');
}
