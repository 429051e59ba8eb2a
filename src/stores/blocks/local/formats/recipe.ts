/** Pages `[page, page + count)` of a block are pages `[from, from + count)` of a segment. Pages in no run are zeroes. */
export interface Run {
  readonly page: number;
  readonly count: number;
  readonly segment: number;
  readonly from: number;
}

/** The unit in which data are compared. */
export const pageSize = 4096;
/** Pages of a block, and at most of a segment. */
export const pagesPerBlock = 128;
