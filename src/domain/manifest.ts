/** 512 KiB: the block of the EBS direct API, and ours. */
export const blockSize = 512 * 1024;

/** Block indexes of one chunk of a manifest, the part of it that is read at once: 2 GiB of a volume. */
export const chunkBlocks = 4096;

/** Lower-case hex SHA-256 of a block's plain bytes. */
export type Digest = string;

/** Where a block is stored: under its digest, inside one key domain. */
export interface BlockReference {
  domain: string;
  digest: Digest;
}

export type ManifestEntry = readonly [index: number, reference: BlockReference];

/** What is said of a whole manifest: a snapshot's list of blocks. */
export interface ManifestSummary {
  readonly snapshotId: string;
  /** Bytes; a multiple of 512. */
  readonly volumeSize: number;
  /** Blocks it lists. */
  readonly blockCount: number;
}

/** The part of a manifest from block index `number` × `chunkBlocks` on. */
export interface ManifestChunk {
  readonly blockCount: number;
  /** The block at a block index of the volume; undefined where it reads as zeroes, or lies in another chunk. */
  at(index: number): BlockReference | undefined;
  /** Ascending by block index, from `from` on. */
  entries(from?: number): Iterable<ManifestEntry>;
}

/** The number of the chunk that lists a block index. */
export function chunkOf(index: number): number {
  return Math.floor(index / chunkBlocks);
}
