import { type ByteSource, checkRange, Unreadable } from './byte-source.ts';
import { type Files, segments } from './files.ts';
import {
  type Attribute,
  attributeTypes,
  decodeAttributes,
  decodeIndexEntries,
  decodeNtfsBootSector,
  type IndexEntry,
  restoreRecord,
} from './ntfs-layout.ts';

const fileTable = 0;
const rootDirectory = 5;
const directoryIndex = '$I30';
/** `System32` has half of that. */
const largestDirectory = 4 * 1024 * 1024;

export interface NtfsFiles extends Files {
  /** A file to be read here and there; undefined where there is none. @throws Unreadable */
  open(path: string): Promise<ByteSource | undefined>;
}

/** The files of an NTFS file system; names are found in any case. @throws Unreadable */
export async function openNtfs(disk: ByteSource): Promise<NtfsFiles> {
  const { clusterSize, fileTableAt, recordSize, indexRecordSize } = decodeNtfsBootSector(
    await disk.readAt(0, 512),
  );

  const readAttribute = async (attribute: Attribute, offset: number, length: number): Promise<Buffer> => {
    if (attribute.resident) return attribute.content.subarray(offset, offset + length);
    const pieces: Buffer[] = [];
    const end = Math.min(offset + length, attribute.size);
    let runAt = 0;
    for (const run of attribute.runs) {
      const runEnd = runAt + run.length * clusterSize;
      const from = Math.max(runAt, offset);
      const to = Math.min(runEnd, end);
      if (from < to)
        pieces.push(
          run.start === undefined
            ? Buffer.alloc(to - from)
            : await disk.readAt(run.start * clusterSize + from - runAt, to - from),
        );
      runAt = runEnd;
    }
    return Buffer.concat(pieces);
  };

  const attributesAt = (stored: Buffer) => decodeAttributes(restoreRecord(stored, 'FILE'));
  const table = attributesAt(await disk.readAt(fileTableAt + fileTable * recordSize, recordSize)).find(
    ({ type }) => type === attributeTypes.data,
  );
  if (!table) throw new Unreadable('its NTFS file system has no file table');

  const attributesOf = async (record: number): Promise<Attribute[]> => {
    const stored = await readAttribute(table, record * recordSize, recordSize);
    if (stored.length !== recordSize) throw new Unreadable(`its NTFS file system has no file ${record}`);
    return attributesAt(stored);
  };

  const entriesOf = async (record: number): Promise<IndexEntry[]> => {
    const index = (await attributesOf(record)).filter(({ name }) => name === directoryIndex);
    const root = index.find(({ type }) => type === attributeTypes.indexRoot);
    if (!root?.resident) return [];
    const entries = decodeIndexEntries(root.content, 16);
    const rest = index.find(({ type }) => type === attributeTypes.indexAllocation);
    const bytes = rest ? await readAttribute(rest, 0, largestDirectory) : Buffer.alloc(0);
    for (let at = 0; at + indexRecordSize <= bytes.length; at += indexRecordSize) {
      const stored = bytes.subarray(at, at + indexRecordSize);
      // Records that are free again, or never were used.
      if (stored.toString('latin1', 0, 4) !== 'INDX') continue;
      entries.push(...decodeIndexEntries(restoreRecord(stored, 'INDX'), 24));
    }
    return entries;
  };

  const find = async (path: string): Promise<number | undefined> => {
    let record = rootDirectory;
    for (const name of segments(path)) {
      const entries = await entriesOf(record);
      const found = entries.find(entry => entry.name.toLowerCase() === name.toLowerCase());
      if (!found) return undefined;
      record = found.record;
    }
    return record;
  };

  const dataOf = async (path: string): Promise<Attribute | undefined> => {
    const record = await find(path);
    if (record === undefined) return undefined;
    return (await attributesOf(record)).find(({ type, name }) => type === attributeTypes.data && name === '');
  };

  return {
    async read(path, length) {
      const data = await dataOf(path);
      return data && readAttribute(data, 0, length);
    },
    async open(path) {
      const data = await dataOf(path);
      if (!data) return undefined;
      const size = data.resident ? data.content.length : data.size;
      return {
        size,
        async readAt(offset, length) {
          checkRange(size, offset, length);
          const bytes = await readAttribute(data, offset, length);
          if (bytes.length < length) throw new Unreadable('a file of its NTFS file system is cut off');
          return bytes;
        },
      };
    },
    async list(path) {
      const record = await find(path);
      return record === undefined ? [] : (await entriesOf(record)).map(entry => entry.name);
    },
  };
}
