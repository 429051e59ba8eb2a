import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';

interface Extent {
  offset: number;
  length: number;
}

/** What a dirty bitmap of QEMU's default granularity would say of two states of one disk: 64 KiB granules that differ. */
export function changedExtents(before: string, after: string, granularity = 65_536): Extent[] {
  const files = [openSync(before, 'r'), openSync(after, 'r')] as const;
  const buffers = [Buffer.alloc(granularity), Buffer.alloc(granularity)] as const;
  const granules = new Set<number>();
  for (const file of [before, after])
    for (const { offset, length } of dataExtents(file))
      for (let granule = Math.floor(offset / granularity); granule * granularity < offset + length; granule++)
        granules.add(granule);
  const changed: Extent[] = [];
  for (const granule of [...granules].sort((a, b) => a - b)) {
    const offset = granule * granularity;
    for (const [i, buffer] of buffers.entries()) readSync(files[i]!, buffer.fill(0), 0, granularity, offset);
    if (buffers[0].equals(buffers[1])) continue;
    const last = changed.at(-1);
    if (last && last.offset + last.length === offset) last.length += granularity;
    else changed.push({ offset, length: granularity });
  }
  for (const file of files) closeSync(file);
  return changed;
}

/** Where a raw file holds data: its holes are left out. */
export function dataExtents(file: string): Extent[] {
  const map = execFileSync('qemu-img', ['map', '--output=json', '-f', 'raw', file], { maxBuffer: 2 ** 28 });
  const extents = JSON.parse(map.toString()) as { start: number; length: number; data: boolean }[];
  return extents.filter(({ data }) => data).map(({ start, length }) => ({ offset: start, length }));
}
