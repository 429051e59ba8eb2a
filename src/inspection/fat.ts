import { type ByteSource, Unreadable } from './byte-source.ts';
import {
  decodeFatBootSector,
  decodeFatDirectory,
  decodeFatEntry,
  type FatEntry,
  type FatLayout,
  fatEntryPlace,
} from './fat-layout.ts';
import { type Files, segments } from './files.ts';

const largestDirectory = 256 * 1024;

/** The files of a FAT file system; names are found in any case. @throws Unreadable */
export async function openFat(disk: ByteSource): Promise<Files> {
  const layout = decodeFatBootSector(await disk.readAt(0, 512));

  const entriesOf = async (directory: FatEntry | undefined): Promise<FatEntry[]> => {
    if (directory) return decodeFatDirectory(await chain(disk, layout, directory.cluster, largestDirectory));
    const { root } = layout;
    if ('cluster' in root)
      return decodeFatDirectory(await chain(disk, layout, root.cluster, largestDirectory));
    return decodeFatDirectory(await disk.readAt(root.at, Math.min(root.size, largestDirectory)));
  };

  /** Undefined also for the root, which is no entry of anything. */
  const find = async (path: string): Promise<FatEntry | undefined> => {
    let found: FatEntry | undefined;
    for (const name of segments(path)) {
      if (found && !found.directory) return undefined;
      const entries = await entriesOf(found);
      found = entries.find(entry => entry.name.toLowerCase() === name.toLowerCase());
      if (!found) return undefined;
    }
    return found;
  };

  return {
    async read(path, length) {
      const file = await find(path);
      if (!file || file.directory) return undefined;
      const wanted = Math.min(length, file.size);
      return (await chain(disk, layout, file.cluster, wanted)).subarray(0, wanted);
    },
    async list(path) {
      const directory = await find(path);
      if (segments(path).length > 0 && !directory?.directory) return [];
      return (await entriesOf(directory)).map(entry => entry.name);
    },
  };
}

/** What a chain of clusters holds, until `length` bytes are there or it ends. */
async function chain(disk: ByteSource, layout: FatLayout, first: number, length: number): Promise<Buffer> {
  const { bits, clusterSize, clusterCount, dataAt, fatAt, fatSize } = layout;
  const pieces: Buffer[] = [];
  let cluster: number | undefined = first;
  for (let read = 0; cluster !== undefined && read < length; read += clusterSize) {
    if (cluster < 2 || cluster >= clusterCount + 2)
      throw new Unreadable(`its FAT file system has no cluster ${cluster}`);
    pieces.push(
      await disk.readAt(dataAt + (cluster - 2) * clusterSize, Math.min(clusterSize, length - read)),
    );
    const place = fatEntryPlace(bits, cluster);
    if (place.offset + place.length > fatSize)
      throw new Unreadable('the table of its FAT file system is short');
    cluster = decodeFatEntry(bits, cluster, await disk.readAt(fatAt + place.offset, place.length));
  }
  return Buffer.concat(pieces);
}
