import { describe, expect, test } from 'vitest';
import {
  changedBitmap,
  frozenChange,
  otherSince,
  recordedSince,
  sinceBitmap,
} from '../../src/disks/bitmaps.ts';

const bitmap = (name: string, changes: object = {}) => ({
  name,
  recording: true,
  inconsistent: false,
  count: 0,
  ...changes,
});

describe('dirty bitmaps', () => {
  test('the smallest change comes first; what is unsound, stopped or of another kind is left out', () => {
    const bitmaps = [
      bitmap('since-snap-1', { count: 300 }),
      bitmap('since-snap-2', { count: 100 }),
      bitmap('since-snap-3', { inconsistent: true }),
      bitmap('since-snap-4', { recording: false }),
      bitmap('since-other'),
      bitmap(changedBitmap('snap-5', 'snap-1')),
    ];
    expect(recordedSince(bitmaps)).toEqual(['snap-2', 'snap-1']);
  });

  test('unsound ones are to be removed even when their snapshot is kept', () => {
    const bitmaps = [bitmap('since-snap-1'), bitmap('since-snap-2', { inconsistent: true }), bitmap('mine')];
    expect(otherSince(bitmaps, new Set(['snap-1', 'snap-2']))).toEqual(['since-snap-2']);
    expect(otherSince(bitmaps, new Set(['snap-2']))).toEqual(['since-snap-1', 'since-snap-2']);
  });

  test('the name of a frozen change tells what it is relative to', () => {
    const name = changedBitmap('snap-a1', 'snap-b2');
    expect(frozenChange([bitmap(sinceBitmap('snap-a1')), bitmap(name)], 'snap-a1')).toEqual({
      name,
      base: 'snap-b2',
    });
    expect(frozenChange([bitmap(name)], 'snap-b2')).toBeUndefined();
  });
});
