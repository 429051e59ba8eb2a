import { expect, test } from 'vitest';
import { sealedTokens } from '../src/sealed-tokens.ts';

const key = Buffer.alloc(32, 7);
const tokens = sealedTokens(key, 'us-east-1');

test('a token opens for its purpose, also after a restart, and tells nothing of what it holds', () => {
  const token = tokens.seal('block 1', 'where it is: é');
  expect(sealedTokens(Buffer.from(key), 'us-east-1').open('block 1', token)).toBe('where it is: é');
  expect(token).toMatch(/^[A-Za-z0-9+/]+=*$/);
  expect(Buffer.from(token, 'base64').includes('where')).toBe(false);
  expect(tokens.seal('block 1', 'where it is: é')).not.toBe(token);
});

test('a token of another purpose, region or master key does not open', () => {
  const token = tokens.seal('block 1', 'text');
  expect(tokens.open('block 2', token)).toBeUndefined();
  expect(sealedTokens(key, 'eu-west-1').open('block 1', token)).toBeUndefined();
  expect(sealedTokens(Buffer.alloc(32, 8), 'us-east-1').open('block 1', token)).toBeUndefined();
});

test('what was changed, cut or made up does not open', () => {
  const bytes = Buffer.from(tokens.seal('p', 'text'), 'base64');
  for (const index of bytes.keys()) {
    const changed = Buffer.from(bytes);
    changed[index]! ^= 1;
    expect(tokens.open('p', changed.toString('base64'))).toBeUndefined();
  }
  for (const length of [0, 5, 27, 28, bytes.length - 1])
    expect(tokens.open('p', bytes.subarray(0, length).toString('base64'))).toBeUndefined();
  expect(tokens.open('p', 'not a token!')).toBeUndefined();
});
