import { expect, test } from 'vitest';
import { blockSet } from '../../src/domain/block-set.ts';

test('a set of blocks has each index once, and tells them in order', () => {
  const set = blockSet([9_000, 3]);
  for (const index of [3, 0, 2 ** 27 - 1, 4096, 0]) set.add(index);
  expect(set.size).toBe(5);
  expect([...set.indexes()]).toEqual([0, 3, 4096, 9_000, 2 ** 27 - 1]);
  expect([set.has(3), set.has(4), set.has(4099), set.has(2 ** 26)]).toEqual([true, false, false, false]);
});
