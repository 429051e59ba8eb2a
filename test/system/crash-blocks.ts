import { createHash } from 'node:crypto';
import { blockSize } from '../../src/domain/manifest.ts';

/** What the writer of the crash test puts at a block index of snapshot `number`; some are put again by later ones. */
export function crashBlock(number: number, index: number): Buffer {
  const seed = index === 2 ? `shared ${number >> 3}` : `${number} ${index}`;
  const block = Buffer.alloc(blockSize, seed);
  createHash('shake256', { outputLength: blockSize / 2 })
    .update(seed)
    .digest()
    .copy(block);
  return block;
}
