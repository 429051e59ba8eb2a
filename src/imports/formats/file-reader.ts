import { ImportRefused } from '../importer.ts';

/** A fetched file, as far as the header checks read it. */
export interface FileReader {
  /** Bytes. */
  readonly size: number;
  /** Fewer bytes come at the file's end. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** @throws ImportRefused where the file ends before */
export async function readExactly(file: FileReader, offset: number, length: number): Promise<Buffer> {
  const bytes = offset + length <= file.size ? await file.read(offset, length) : Buffer.alloc(0);
  if (bytes.length < length) throw invalid('The file is cut short');
  return bytes;
}

/** In the words AWS uses. */
export const invalid = (why: string) => new ImportRefused(`Disk validation failed [${why}]`);
export const wrongFormat = (format: string) => invalid(`The file is not in ${format} format`);

/** A 64-bit size as a number. @throws ImportRefused for one no disk has */
export function toSize(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid('The size of the disk is out of range');
  return Number(value);
}
