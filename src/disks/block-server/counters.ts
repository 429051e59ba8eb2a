/** What a block server has done since it started. */
export interface Counters {
  /** Reads answered, and their bytes. */
  reads: number;
  bytesRead: number;
  /** Segments taken from the store, and their plain bytes. */
  segmentsFetched: number;
  bytesFetched: number;
}

export function counters(): Counters {
  return { reads: 0, bytesRead: 0, segmentsFetched: 0, bytesFetched: 0 };
}
