import { blockSize } from '../domain/manifest.ts';
import type { Extent } from './disk.ts';

/** Extents kept as they are; a list that is longer leaves out gaps of less than a block. */
const exactExtents = 100_000;

/**
 * A list of ascending extents, those that touch joined. However scattered they are, those of 1 TiB are a million at
 * most: past `exact` of them gaps are taken in that reading by blocks would not leave out anyway.
 */
export function extentList(exact = exactExtents) {
  const extents: Extent[] = [];
  return {
    extents,
    add({ offset, length }: Extent) {
      const last = extents.at(-1);
      const gap = extents.length < exact ? 0 : blockSize - 1;
      if (last && last.offset + last.length + gap >= offset) last.length = offset + length - last.offset;
      else extents.push({ offset, length });
    },
  };
}

/** Joins extents that touch; they must be ascending. */
export function joined(extents: Iterable<Extent>): Extent[] {
  const list = extentList();
  for (const extent of extents) list.add(extent);
  return list.extents;
}
