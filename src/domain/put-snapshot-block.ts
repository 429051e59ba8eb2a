import { validationException } from './ebs-errors.ts';
import { blockSize } from './manifest.ts';
import { isWholeWithin } from './start-snapshot.ts';
import { GiB } from './volume.ts';

export interface PutRequest {
  BlockIndex?: number;
  DataLength?: number;
  Checksum?: string;
  ChecksumAlgorithm?: string;
  Progress?: number;
}

/** Blocks of a volume of this many GiB. */
const blocksOf = (volumeSize: number) => (volumeSize * GiB) / blockSize;

/**
 * Checks what a block is sent with, before its bytes are hashed.
 * @throws ValidationException
 */
export function checkPut(request: PutRequest, bytes: Uint8Array, volumeSize: number): number {
  const { BlockIndex = -1, DataLength, ChecksumAlgorithm, Progress } = request;
  if (!isWholeWithin(BlockIndex, 0, blocksOf(volumeSize) - 1))
    throw validationException(
      'INVALID_PARAMETER_VALUE',
      `BlockIndex must be between 0 and ${blocksOf(volumeSize) - 1} in a snapshot of ${volumeSize} GiB.`,
    );
  if (DataLength !== blockSize || bytes.length !== blockSize)
    throw validationException(
      'INVALID_BLOCK',
      `A block has exactly ${blockSize} bytes: ${bytes.length} came, DataLength says ${DataLength}.`,
    );
  if (ChecksumAlgorithm !== 'SHA256')
    throw validationException('INVALID_PARAMETER_VALUE', 'ChecksumAlgorithm must be SHA256.');
  if (Progress !== undefined && !isWholeWithin(Progress, 0, 100))
    throw validationException('INVALID_PARAMETER_VALUE', 'Progress must be between 0 and 100.');
  return BlockIndex;
}
