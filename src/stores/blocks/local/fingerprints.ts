import { hash } from 'node:crypto';
import { pageSize } from './recipe.ts';

/** Bytes of a page's fingerprint: SHA-256 of the domain's secret and the page, cut. */
export const fingerprintLength = 12;
/** One fingerprint in so many is a hook, which leads to the segment that holds its page. */
const hooksEvery = 32;
const secretLength = 32;
const zeroPage = Buffer.alloc(pageSize);

/**
 * Writes the fingerprints of all pages of `plain` to `target`, one behind another, and to `zeroes` one byte for each
 * page: 1 where it is all zeroes (it gets no fingerprint then).
 */
export function fingerprintPages(
  plain: Buffer,
  secret: Uint8Array,
  target: Buffer,
  zeroes: Uint8Array,
): void {
  const input = Buffer.allocUnsafe(secretLength + pageSize);
  input.set(secret);
  for (let page = 0; page * pageSize < plain.length; page++) {
    const start = page * pageSize;
    const isZero = zeroPage.compare(plain, start, start + pageSize) === 0;
    zeroes[page] = isZero ? 1 : 0;
    if (isZero) continue;
    plain.copy(input, secretLength, start, start + pageSize);
    // As text of one character a byte: several times cheaper to make than a Buffer of 32 bytes.
    target.write(hash('sha256', input, 'binary'), page * fingerprintLength, fingerprintLength, 'latin1');
  }
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
