import { createCipheriv, hash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { pageSize } from '../../../../src/stores/blocks/local/formats/recipe.ts';
import {
  fingerprintLength,
  hooksOf,
  pageFingerprints,
} from '../../../../src/stores/blocks/local/write/fingerprints.ts';

const secret = Buffer.alloc(32, 1);

function fingerprint(plain: Buffer, key = secret) {
  const target = Buffer.alloc((plain.length / pageSize) * fingerprintLength);
  const zeroes = Buffer.alloc(plain.length / pageSize);
  pageFingerprints(key)(plain, target, zeroes);
  const at = (page: number) =>
    target.toString('hex', page * fingerprintLength, (page + 1) * fingerprintLength);
  return { at, target, zeroes: [...zeroes] };
}

test('a fingerprint is the CBC-MAC of the SHA-256 of a page', () => {
  const plain = randomBytes(3 * pageSize);
  const { at } = fingerprint(plain);
  for (let page = 0; page < 3; page++) {
    const cbc = createCipheriv('aes-256-cbc', secret, Buffer.alloc(16)).setAutoPadding(false);
    const digest = hash('sha256', plain.subarray(page * pageSize, (page + 1) * pageSize), 'buffer');
    expect(at(page)).toBe(cbc.update(digest).toString('hex', 16, 28));
  }
});

test('equal pages have one fingerprint wherever they lie, and another under another secret', () => {
  const page = randomBytes(pageSize);
  const { at } = fingerprint(Buffer.concat([page, randomBytes(pageSize), page]));
  expect(at(2)).toBe(at(0));
  expect(at(1)).not.toBe(at(0));
  expect(fingerprint(page).at(0)).toBe(at(0));
  expect(fingerprint(page, Buffer.alloc(32, 2)).at(0)).not.toBe(at(0));
});

test('pages of zeroes are told apart, also from pages that only begin with zeroes', () => {
  const almost = Buffer.alloc(pageSize);
  almost[pageSize - 1] = 1;
  expect(fingerprint(Buffer.concat([Buffer.alloc(pageSize), almost, Buffer.alloc(pageSize)])).zeroes).toEqual(
    [1, 0, 1],
  );
});

test('one fingerprint in 16 is a hook', () => {
  const { target } = fingerprint(randomBytes(4096 * pageSize));
  const hooks = hooksOf(target).length;
  expect(hooks).toBeGreaterThan(128);
  expect(hooks).toBeLessThan(512);
});
