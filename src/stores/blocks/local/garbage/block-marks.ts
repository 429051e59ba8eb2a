import { randomInt } from 'node:crypto';

const bitsPerBlock = 32;
const minBits = 2 ** 23;
const maxBits = 2 ** 32;
const probes = 4;

/**
 * Which blocks live, in 4 bytes for each (a Bloom filter). A dead block may be taken for a live one, of a million listed
 * about 200; with another salt the next collection finds these. A live one is never taken for a dead one.
 * @param expected blocks that will be marked, about
 */
export function blockMarks(expected: number, salt = randomInt(2 ** 32)) {
  let size = minBits;
  while (size < expected * bitsPerBlock && size < maxBits) size *= 2;
  const bits = new Uint8Array(size / 8);
  /** Digests are as good as random, so that two words of one make all places. */
  const placeOf = (probe: number, domain: number, digest: Uint8Array, at: number) => {
    const first = word(digest, at) ^ salt ^ Math.imul(domain, 0x9e3779b1);
    const step = word(digest, at + 4) | 1;
    return (first + Math.imul(probe, step)) >>> 0;
  };
  return {
    /** @param at where the digest begins in `bytes` */
    mark(domain: number, bytes: Uint8Array, at = 0) {
      for (let probe = 0; probe < probes; probe++) {
        const place = placeOf(probe, domain, bytes, at) % size;
        bits[place >>> 3]! |= 1 << (place & 7);
      }
    },
    isLive(domain: number, bytes: Uint8Array): boolean {
      for (let probe = 0; probe < probes; probe++) {
        const place = placeOf(probe, domain, bytes, 0) % size;
        if ((bits[place >>> 3]! & (1 << (place & 7))) === 0) return false;
      }
      return true;
    },
  };
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
