import type { BlockReference } from '../../../../domain/manifest.ts';
import type { Run } from '../formats/recipe.ts';

/** Blocks as runs of pages of segments: what a reader needs that keeps segments rather than blocks. */
export interface SegmentSource {
  /** Where a block's pages lie, ascending by page; pages in no run are zeroes. @throws BlockMissing, BlockCorrupt */
  recipe(reference: BlockReference): Promise<readonly Run[]>;
  /** The plain pages of a segment (4 KiB each, at most 128), its tag checked. @throws SegmentMissing, SegmentCorrupt */
  segment(domain: string, number: number): Promise<Buffer>;
}

export class SegmentMissing extends Error {
  override name = 'SegmentMissing';
  constructor(domain: string, number: number, where: string) {
    super(`Segment ${number} of key domain ${domain} is not in the store (${where})`);
  }
}

export class SegmentCorrupt extends Error {
  override name = 'SegmentCorrupt';
  constructor(domain: string, number: number, where: string, cause?: unknown) {
    super(`Segment ${number} of key domain ${domain} is corrupt (${where})`, { cause });
  }
}
