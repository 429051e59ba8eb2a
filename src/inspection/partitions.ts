import { type ByteSource, part, Unreadable } from './byte-source.ts';
import { decodeGptEntries, decodeGptHeader, type GptEntry, gptTypes, isGptHeader } from './gpt.ts';
import {
  type BootRecord,
  decodeBootRecord,
  efiSystemType,
  isExtended,
  type MbrEntry,
  protectiveType,
} from './mbr.ts';

export interface Layout {
  /** Absent where the whole disk is one file system, or nothing we know. */
  table?: 'gpt' | 'mbr';
  /** Whether a BIOS finds something to boot; undefined where it cannot be told. */
  bios?: boolean;
  partitions: Partition[];
}

export interface Partition {
  source: ByteSource;
  efiSystem: boolean;
  apfs: boolean;
}

const mostPartitions = 64;

/** @throws Unreadable */
export async function readLayout(disk: ByteSource): Promise<Layout> {
  if (disk.size < 512) return { partitions: [whole(disk)] };
  const record = decodeBootRecord(await disk.readAt(0, 512));
  if (record?.entries.some(entry => entry.type === protectiveType)) {
    const gpt = await readGpt(disk);
    if (gpt) return gptLayout(disk, record, gpt);
  }
  if (!record || !isTable(record, disk)) return { partitions: [whole(disk)] };
  return mbrLayout(disk, record);
}

/** Without a table the first sectors belong to a file system, which may have boot code of its own there. */
const whole = (disk: ByteSource): Partition => ({ source: disk, efiSystem: false, apfs: false });

/** The boot sector of a file system may look like a record with entries; those of a table start on the disk. */
const isTable = (record: BootRecord, disk: ByteSource) =>
  record.entries.length > 0 &&
  record.entries.every(entry => entry.start > 0 && entry.start * 512 < disk.size);

interface Gpt {
  sectorSize: number;
  entries: GptEntry[];
}

async function readGpt(disk: ByteSource): Promise<Gpt | undefined> {
  for (const sectorSize of [512, 4096]) {
    if (disk.size < 2 * sectorSize) continue;
    const sector = await disk.readAt(sectorSize, sectorSize);
    if (!isGptHeader(sector)) continue;
    const header = decodeGptHeader(sector);
    const table = await disk.readAt(header.entriesAt * sectorSize, header.entryCount * header.entrySize);
    return { sectorSize, entries: decodeGptEntries(table, header) };
  }
  return undefined;
}

function gptLayout(disk: ByteSource, { bootCode }: BootRecord, { sectorSize, entries }: Gpt): Layout {
  // Partitioning programs leave code of their own that boots nothing: with it, something to load must be there too.
  const loadable = entries.some(entry => entry.type === gptTypes.biosBoot || entry.legacyBoot);
  const bios = bootCode ? loadable || undefined : false;
  const partitions = entries.slice(0, mostPartitions).map(({ type, start, end }) => ({
    source: part(disk, start * sectorSize, (end - start + 1) * sectorSize),
    efiSystem: type === gptTypes.efiSystem,
    apfs: type === gptTypes.apfs,
  }));
  return { table: 'gpt', ...(bios !== undefined && { bios }), partitions };
}

async function mbrLayout(disk: ByteSource, { bootCode, entries }: BootRecord): Promise<Layout> {
  const partitions: Partition[] = [];
  for (const entry of entries) {
    if (isExtended(entry)) partitions.push(...(await logicalPartitions(disk, entry)));
    else partitions.push(mbrPartition(disk, entry, 0));
  }
  return { table: 'mbr', bios: bootCode, partitions: partitions.slice(0, mostPartitions) };
}

const mbrPartition = (disk: ByteSource, entry: MbrEntry, base: number): Partition => ({
  source: part(disk, (base + entry.start) * 512, entry.length * 512),
  efiSystem: entry.type === efiSystemType,
  apfs: false,
});

/**
 * A chain of boot records inside an extended partition: each has a partition, from where the record is, and the next
 * record, from where the chain begins.
 */
async function logicalPartitions(disk: ByteSource, extended: MbrEntry): Promise<Partition[]> {
  const partitions: Partition[] = [];
  let at = extended.start;
  for (let count = 0; count < mostPartitions; count++) {
    const record = decodeBootRecord(await disk.readAt(at * 512, 512));
    if (!record) throw new Unreadable('its extended partition has no table');
    for (const entry of record.entries)
      if (!isExtended(entry)) partitions.push(mbrPartition(disk, entry, at));
    const next = record.entries.find(isExtended);
    if (!next) return partitions;
    at = extended.start + next.start;
  }
  throw new Unreadable('its extended partition has no end');
}
