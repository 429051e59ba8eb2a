import type { Extent } from './disk.ts';

/** Joins extents that touch; they must be ascending. */
export function joined(extents: Iterable<Extent>): Extent[] {
  const result: Extent[] = [];
  for (const { offset, length } of extents) {
    const last = result.at(-1);
    if (last && last.offset + last.length === offset) last.length += length;
    else result.push({ offset, length });
  }
  return result;
}
