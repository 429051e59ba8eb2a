/** 512 KiB: the block of the EBS direct API, and ours. */
export const blockSize = 512 * 1024;

/** Lower-case hex SHA-256 of a block's plain bytes. */
export type Digest = string;

/** Where a block is stored: under its digest, inside one key domain. */
export interface BlockReference {
  domain: string;
  digest: Digest;
}

/** A snapshot's list of blocks. A block index that is absent reads as zeroes. */
export interface Manifest {
  snapshotId: string;
  /** Bytes; a multiple of 512. */
  volumeSize: number;
  blocks: Map<number, BlockReference>;
}
