import { type FileReader, invalid, readExactly, toSize, wrongFormat } from './file-reader.ts';

const footerLength = 512;
const fixed = 2;
const dynamic = 3;

/**
 * The size of the disk in a fixed or dynamic VHD; the QEMU driver may round it to the geometry beside it.
 * https://download.microsoft.com/download/f/f/e/ffef50a5-07dd-4cf8-aaa3-442c0673a029/Virtual%20Hard%20Disk%20Format%20Spec_10_18_06.doc
 * @throws ImportRefused also for a differencing one
 */
export async function vhdSize(file: FileReader): Promise<number> {
  const footer = await footerOf(file);
  const type = footer.readUInt32BE(60);
  if (type !== fixed && type !== dynamic)
    throw invalid('The VHD is neither fixed nor dynamic: merge it with its parent');
  return toSize(footer.readBigUInt64BE(48));
}

/** A dynamic disk has a copy of its footer in front; a fixed one has it at its end only. */
async function footerOf(file: FileReader): Promise<Buffer> {
  const copy = await file.read(0, footerLength);
  if (isFooter(copy)) return copy;
  const last = Math.floor(file.size / sectorLength) * sectorLength - footerLength;
  const footer = last > 0 ? await readExactly(file, last, footerLength) : Buffer.alloc(0);
  if (!isFooter(footer)) throw wrongFormat('VHD');
  return footer;
}

const sectorLength = 512;
const isFooter = (bytes: Buffer) =>
  bytes.length === footerLength && bytes.toString('latin1', 0, 8) === 'conectix';
