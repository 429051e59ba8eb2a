import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { joinedReads } from '../../../../src/stores/blocks/staged/joined-reads.ts';

const content = randomBytes(4 * 1024 * 1024);

function counted(fails: (offset: number, length: number) => boolean = () => false) {
  const asked: [pack: number, offset: number, length: number][] = [];
  const read = joinedReads(async (pack, offset, length) => {
    asked.push([pack, offset, length]);
    if (fails(offset, length)) throw new Error(`no ${length} bytes at ${offset}`);
    return content.subarray(offset, offset + length);
  });
  return { asked, read };
}

const at = (offset: number, length: number) => content.subarray(offset, offset + length);

test('pieces side by side become one request, in whatever order they are asked for', async () => {
  const { asked, read } = counted();
  const [b, a, c] = await Promise.all([read(1, 1000, 500), read(1, 0, 1000), read(1, 1500, 10)]);
  expect(asked).toEqual([[1, 0, 1510]]);
  expect([a, b, c].map((bytes, i) => bytes!.equals([at(0, 1000), at(1000, 500), at(1500, 10)][i]!))).toEqual([
    true,
    true,
    true,
  ]);
  expect(a!.buffer).not.toBe(b!.buffer);
});

test('pieces of other packs, far apart or too long together are asked for by themselves', async () => {
  const { asked, read } = counted();
  await Promise.all([read(1, 0, 10), read(2, 10, 10), read(1, 1_000_000, 10), read(1, 1_000_010, 2_500_000)]);
  expect(asked).toHaveLength(4);
});

test('one that overlaps another gets its own bytes', async () => {
  const { asked, read } = counted();
  const [whole, inside] = await Promise.all([read(1, 0, 1000), read(1, 100, 50)]);
  expect(asked).toEqual([[1, 0, 1000]]);
  expect(whole!.equals(at(0, 1000))).toBe(true);
  expect(inside!.equals(at(100, 50))).toBe(true);
});

test('what ails one piece does not ail its neighbours', async () => {
  const { read } = counted((offset, length) => offset + length > 1000);
  const [good, bad] = await Promise.allSettled([read(1, 0, 1000), read(1, 1000, 500)]);
  expect(good.status).toBe('fulfilled');
  expect(bad).toMatchObject({ status: 'rejected', reason: new Error('no 500 bytes at 1000') });
});
