/** A key to look under, and where in the order to begin: places below `from` are left out. */
export interface KeyRange {
  key: string;
  from?: string;
}
