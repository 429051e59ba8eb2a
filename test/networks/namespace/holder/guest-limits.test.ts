import { expect, test } from 'vitest';
import { guestLimits } from '../../../../src/networks/namespace/holder/guest-limits.ts';

test('a guest has only so many connections at once, and does not take those of another', () => {
  const limits = guestLimits({ connections: 2 });
  expect([limits.openConnection('a'), limits.openConnection('a'), limits.openConnection('a')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(limits.openConnection('b')).toBe(true);
  limits.closeConnection('a');
  expect(limits.openConnection('a')).toBe(true);
});

test('a guest asks in bursts, and then at the rate its bucket is refilled', () => {
  const limits = guestLimits({ perSecond: 10, burst: 2 });
  const ask = (nowMs: number) => limits.admitRequest('a', nowMs);
  expect([ask(0), ask(0), ask(0), ask(50), ask(100), ask(150)]).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
  ]);
  expect(limits.admitRequest('b', 150)).toBe(true);
});
