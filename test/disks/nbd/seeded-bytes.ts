import { createHash } from 'node:crypto';

/** Noise that is the same for the same seed. */
export function seededBytes(seed: number, length: number): Buffer {
  return createHash('shake256', { outputLength: Math.max(1, length) })
    .update(String(seed))
    .digest()
    .subarray(0, length);
}
