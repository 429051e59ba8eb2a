import { closeSync, openSync, readSync } from 'node:fs';
import { blockSize } from '../../src/domain/manifest.ts';
import { dataExtents } from './data-extents.ts';

/** Bytes. */
export interface Extent {
  offset: number;
  length: number;
}

/** What a dirty bitmap of QEMU's default granularity would say of two states of one disk: 64 KiB granules that differ. */
export async function changedExtents(before: string, after: string, granularity = 65_536): Promise<Extent[]> {
  const files = [openSync(before, 'r'), openSync(after, 'r')] as const;
  const buffers = [Buffer.alloc(granularity), Buffer.alloc(granularity)] as const;
  const granules = granulesOf([...(await dataExtents(before)), ...(await dataExtents(after))], granularity);
  const changed: Extent[] = [];
  for (const granule of granules) {
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

/** Indexes of the blocks that extents touch, ascending, each once. */
export function blocksOf(extents: readonly Extent[]): number[] {
  return granulesOf(extents, blockSize);
}

function granulesOf(extents: readonly Extent[], granularity: number): number[] {
  const granules = new Set<number>();
  for (const { offset, length } of extents)
    for (let granule = Math.floor(offset / granularity); granule * granularity < offset + length; granule++)
      granules.add(granule);
  return [...granules].sort((a, b) => a - b);
}
