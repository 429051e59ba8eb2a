/** What it costs to verify 512 KiB on their way to a reader: the segment's tag, and the block's digest. */
import { randomBytes } from 'node:crypto';
import { blockSize } from '../../src/domain/manifest.ts';
import { maxStoredSegmentLength } from '../../src/stores/blocks/local/formats/stored-segment.ts';
import { checkSegment, digestOf, sealSegment } from '../../src/stores/blocks/local/keys/segment-cipher.ts';

const times = 400;

/** Milliseconds of each time, of data that do not compress: tag over all of them. */
export function measureVerification(): { tagMs: number[]; digestMs: number[] } {
  const plain = randomBytes(blockSize);
  const key = randomBytes(32);
  const target = Buffer.alloc(maxStoredSegmentLength);
  const length = sealSegment({ domain: 'bench', number: 1, pages: 128 }, plain, key, 1, target);
  const stored = target.subarray(0, length);
  return {
    tagMs: timed(() => checkSegment(stored, key)),
    digestMs: timed(() => digestOf(plain)),
  };
}

function timed(work: () => void): number[] {
  return Array.from({ length: times }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
}
