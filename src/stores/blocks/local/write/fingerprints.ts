import { createCipheriv, hash } from 'node:crypto';
import { pageSize } from '../formats/recipe.ts';

/** Bytes of a page's fingerprint. */
export const fingerprintLength = 12;
/** One fingerprint in so many is a hook, which leads to the segment that holds its page. */
const hooksEvery = 16;
const digestLength = 32;
const cipherBlock = 16;
const zeroPage = Buffer.alloc(pageSize);
const noDigest = '00'.repeat(digestLength);

/**
 * Makes fingerprints under a secret of 32 bytes: AES-256-CBC-MAC of the page's SHA-256, cut. (Of messages that are all two
 * cipher blocks long, CBC-MAC is a pseudorandom function.)
 */
export function pageFingerprints(secret: Uint8Array) {
  // Without padding and chaining it keeps no state: one serves for ever, and making one costs more than using it.
  const cipher = createCipheriv('aes-256-ecb', secret, null).setAutoPadding(false);
  /**
   * Writes the fingerprints of all pages of `plain` to `target`, one behind another, and to `zeroes` one byte for each
   * page: 1 where it is all zeroes, and its fingerprint means nothing.
   */
  return (plain: Buffer, target: Uint8Array, zeroes: Uint8Array): void => {
    const digests = pageDigests(plain, zeroes);
    const first = cipher.update(digests);
    const tags = cipher.update(chained(first, digests));
    for (let from = 0, to = 0; from < tags.length; from += cipherBlock, to += fingerprintLength)
      for (let byte = 0; byte < fingerprintLength; byte++) target[to + byte] = tags[from + byte]!;
  };
}

function pageDigests(plain: Buffer, zeroes: Uint8Array): Buffer {
  // Hexadecimal is what node:crypto makes in the least time.
  let digests = '';
  for (let page = 0; page * pageSize < plain.length; page++) {
    const start = page * pageSize;
    const isZero = zeroPage.compare(plain, start, start + pageSize) === 0;
    zeroes[page] = isZero ? 1 : 0;
    digests += isZero ? noDigest : hash('sha256', plain.subarray(start, start + pageSize), 'hex');
  }
  return Buffer.from(digests, 'hex');
}

/** The second halves of the digests, each with the encrypted first half before it added. */
function chained(encrypted: Buffer, digests: Buffer): Buffer {
  const halves = Buffer.allocUnsafe(digests.length / 2);
  for (let from = 0, to = 0; to < halves.length; from += digestLength, to += cipherBlock)
    for (let byte = 0; byte < cipherBlock; byte++)
      halves[to + byte] = encrypted[from + byte]! ^ digests[from + cipherBlock + byte]!;
  return halves;
}

/** The hook at a place in a list of fingerprints; undefined where that fingerprint is none. */
export function hookAt(fingerprints: Uint8Array, position: number): number | undefined {
  const at = position * fingerprintLength;
  if (fingerprints[at + fingerprintLength - 1]! % hooksEvery !== 0) return undefined;
  let hook = 0;
  for (let byte = 0; byte < 6; byte++) hook = hook * 256 + fingerprints[at + byte]!;
  return hook;
}

export function hooksOf(fingerprints: Uint8Array): number[] {
  const hooks: number[] = [];
  for (let position = 0; (position + 1) * fingerprintLength <= fingerprints.length; position++) {
    const hook = hookAt(fingerprints, position);
    if (hook !== undefined) hooks.push(hook);
  }
  return hooks;
}
