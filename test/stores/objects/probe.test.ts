import { expect, test } from 'vitest';
import { memoryObjects } from '../../../src/stores/objects/memory.ts';
import type { ObjectStore } from '../../../src/stores/objects/object-store.ts';
import { probeObjects } from '../../../src/stores/objects/probe.ts';
import { allOf } from '../../support/all-of.ts';

test('a place that keeps objects passes, and nothing is left there', async () => {
  const objects = memoryObjects();
  await probeObjects(objects);
  expect(await allOf(objects.list(''))).toEqual([]);
});

const inside = memoryObjects();
const faults: [string, Partial<ObjectStore>][] = [
  ['in spite of If-None-Match', { put: (key, content) => inside.put(key, content) }],
  ['answers other bytes', { get: async () => Buffer.from('xyz') }],
  ['does not list', { list: async function* () {} }],
];

test.each(faults)('one that %s is refused, and nothing is left there', async (reason, fault) => {
  await expect(probeObjects({ ...inside, ...fault })).rejects.toThrow(reason);
  expect(await allOf(inside.list(''))).toEqual([]);
});
