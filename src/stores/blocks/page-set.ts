import { blockSize } from '../../domain/manifest.ts';
import { pageSize, pagesPerBlock } from './local/formats/recipe.ts';

/** Pages of one block, a bit each. */
export type PageSet = Uint8Array;

export const pageSetLength = pagesPerBlock / 8;

export function noPages(): PageSet {
  return new Uint8Array(pageSetLength);
}

/** Adds the pages of bytes `[from, to)` of a block. */
export function addBytes(pages: PageSet, from: number, to: number): void {
  const last = Math.floor((Math.min(to, blockSize) - 1) / pageSize);
  for (let page = Math.floor(from / pageSize); page <= last; page++) pages[page >> 3]! |= 1 << (page & 7);
}

/** Whether one of `[page, page + count)` is in it. */
export function someOf(pages: PageSet, page: number, count: number): boolean {
  for (let one = page; one < page + count; one++) if (pages[one >> 3]! & (1 << (one & 7))) return true;
  return false;
}

export function joinPages(a: PageSet, b: PageSet): PageSet {
  return a.map((byte, position) => byte | b[position]!);
}
