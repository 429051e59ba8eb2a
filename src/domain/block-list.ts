import { validationException } from './ebs-errors.ts';
import { type BlockReference, blockSize, type ManifestChunk } from './manifest.ts';
import { isWholeWithin } from './start-snapshot.ts';

/** What both listings of blocks say about the part they want. */
export interface BlockListRequest {
  MaxResults?: number;
  StartingBlockIndex?: number;
}

export interface BlockRange {
  limit: number;
  /** The first index that may be listed. */
  start: number;
}

/** @throws ValidationException */
export function parseBlockRange({ MaxResults = 1000, StartingBlockIndex = 0 }: BlockListRequest): BlockRange {
  if (!isWholeWithin(MaxResults, 100, 10_000))
    throw validationException('INVALID_PARAMETER_VALUE', 'MaxResults must be between 100 and 10000.');
  if (!isWholeWithin(StartingBlockIndex, 0, Number.MAX_SAFE_INTEGER))
    throw validationException('INVALID_PARAMETER_VALUE', 'StartingBlockIndex must be 0 or more.');
  return { limit: MaxResults, start: StartingBlockIndex };
}

/** A block by which one snapshot differs from another; where it has none, it reads as zeroes. */
export type ChangedBlock = readonly [
  index: number,
  first: BlockReference | undefined,
  second: BlockReference | undefined,
];

/**
 * The blocks from `from` on by which one chunk of two snapshots differs, ascending; without `first`, all of
 * `second`. Those past the end of the second volume are gone with its size, and not listed.
 */
export function changedBlocks(
  first: ManifestChunk | undefined,
  second: ManifestChunk,
  { from, volumeSize }: { from: number; volumeSize: number },
): ChangedBlock[] {
  const written = [...second.entries(from)].map(
    ([index, block]): ChangedBlock => [index, first?.at(index), block],
  );
  const zeroed = [...(first?.entries(from) ?? [])]
    .filter(([index]) => index * blockSize < volumeSize && !second.at(index))
    .map(([index, block]): ChangedBlock => [index, block, undefined]);
  return [...written.filter(([, before, after]) => before?.digest !== after?.digest), ...zeroed].sort(
    ([a], [b]) => a - b,
  );
}
