import { expect, test } from 'vitest';
import { median } from '../../bench/row.ts';

test('the median is the middle, or the mean of the two in the middle', () => {
  expect(median([3, 1, 20])).toBe(3);
  expect(median([4, 1, 2, 100])).toBe(3);
  expect(() => median([])).toThrow(RangeError);
});
