import { expect, test } from 'vitest';
import { sequence } from '../../../src/disks/block-server/sequence.ts';

const mebi = 1024 * 1024;

test('the window grows with the run and is bounded; a jump ends it', () => {
  const course = sequence();
  const windows: number[] = [];
  for (let at = 0; at < 64 * mebi; at += mebi) windows.push((course.note(at, mebi) ?? 0) - at - mebi);
  expect(windows.slice(0, 4)).toEqual([mebi, 2 * mebi, 3 * mebi, 4 * mebi]);
  expect(Math.max(...windows)).toBe(16 * mebi);
  expect(course.isScan).toBe(true);
  expect(course.note(500 * mebi, 4096)).toBeUndefined();
  expect(course.isScan).toBe(false);
});

test('requests of one run may come out of order', () => {
  const course = sequence();
  for (const at of [1, 0, 3, 2, 5, 4, 7, 6]) course.note(at * 65_536 * 4, 65_536 * 4);
  expect(course.note(8 * 65_536 * 4, 4096)).toBeGreaterThan(9 * 65_536 * 4);
});
