/** The first sector of a disk (https://uefi.org/specs/UEFI/2.10/05_GUID_Partition_Table_Format.html, 5.2). Pure. */

export const protectiveType = 0xee;
export const efiSystemType = 0xef;
const extendedTypes = [0x05, 0x0f, 0x85];

/** In sectors. */
export interface MbrEntry {
  type: number;
  active: boolean;
  start: number;
  length: number;
}

export interface BootRecord {
  /** Where a BIOS would start: whether anything is there. */
  bootCode: boolean;
  entries: MbrEntry[];
}

/** Undefined for a sector that is not a boot record: no signature, or a table with impossible entries. */
export function decodeBootRecord(sector: Buffer): BootRecord | undefined {
  if (sector.length < 512 || sector.readUInt16LE(510) !== 0xaa55) return undefined;
  const entries: MbrEntry[] = [];
  for (let offset = 446; offset < 510; offset += 16) {
    const status = sector.readUInt8(offset);
    const type = sector.readUInt8(offset + 4);
    if (type === 0) continue;
    // The boot sector of a file system ends in the same signature; its code makes no sense as a table.
    if (status !== 0 && status !== 0x80) return undefined;
    const start = sector.readUInt32LE(offset + 8);
    const length = sector.readUInt32LE(offset + 12);
    if (length > 0) entries.push({ type, active: status === 0x80, start, length });
  }
  return { bootCode: sector.subarray(0, 440).some(byte => byte !== 0), entries };
}

export const isExtended = (entry: MbrEntry) => extendedTypes.includes(entry.type);
