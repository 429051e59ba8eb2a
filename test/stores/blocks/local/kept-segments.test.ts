import { beforeEach, expect, test } from 'vitest';
import { keptSegments } from '../../../../src/stores/blocks/local/read/kept-segments.ts';

const length = 128 * 1024;
let made: Map<number, Buffer>;
let reads: number[];
const kept = () =>
  keptSegments(async (_domain, number) => {
    reads.push(number);
    if (number === 0) throw new Error('There is no segment 0');
    const bytes = Buffer.alloc(length, number);
    made.set(number, bytes);
    return bytes;
  });
const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

beforeEach(() => {
  made = new Map();
  reads = [];
});

test('a segment is read once for those who use it one after another or at once', async () => {
  const segments = kept();
  const first = (all: Map<number, Buffer>) => all.get(7)![0];
  expect(await Promise.all([segments.use('d', [7, 7], first), segments.use('d', [7], first)])).toEqual([
    7, 7,
  ]);
  expect(await segments.use('d', [7], first)).toBe(7);
  expect(reads).toEqual([7]);
  segments.close();
});

test('the memory of what is dropped is given back, of what is kept or used it is not', async () => {
  const segments = kept();
  await segments.use('d', range(1, 48), () => undefined);
  await segments.use('d', range(1, 2), () => undefined);
  await segments.use('d', range(49, 10), () => undefined);
  const gone = [...made].filter(([, bytes]) => bytes.length === 0).map(([number]) => number);
  expect(gone).toEqual(range(3, 10));
  segments.close();
  await Promise.resolve();
  expect([...made.values()].every(bytes => bytes.length === 0)).toBe(true);
});

test('a block may use more segments than are kept', async () => {
  const segments = kept();
  const whole = (all: Map<number, Buffer>) => [...all.values()].every(bytes => bytes.length === length);
  expect(await segments.use('d', range(1, 128), whole)).toBe(true);
  segments.close();
});

test('a segment that could not be read is read again', async () => {
  const segments = kept();
  for (let time = 0; time < 2; time++)
    await expect(segments.use('d', [0, 1], () => undefined)).rejects.toThrow('There is no segment 0');
  expect(reads).toEqual([0, 1, 0]);
  segments.close();
});
