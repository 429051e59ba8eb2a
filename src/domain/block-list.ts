import { validationException } from './ebs-errors.ts';
import { blockSize, type Manifest } from './manifest.ts';
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

/** The indexes of one page, ascending, and where the next one begins, if there is one. */
export function pageOfIndexes(indexes: Iterable<number>, { limit, start }: BlockRange) {
  const rest = Float64Array.from(indexes)
    .filter(index => index >= start)
    .sort();
  return { indexes: [...rest.subarray(0, limit)], next: rest.at(limit) };
}

/**
 * The blocks by which `second` differs from `first`, in no order; without `first`, all it has. Those past the end of
 * `second` are gone with its size, and not listed.
 */
export function changedIndexes(first: Manifest | undefined, second: Manifest): number[] {
  const count = second.volumeSize / blockSize;
  const written = [...second.blocks]
    .filter(([index, { digest }]) => first?.blocks.get(index)?.digest !== digest)
    .map(([index]) => index);
  const zeroed = [...(first?.blocks.keys() ?? [])].filter(
    index => index < count && !second.blocks.has(index),
  );
  return [...written, ...zeroed];
}
