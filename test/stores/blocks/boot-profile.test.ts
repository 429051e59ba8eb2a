import { expect, test } from 'vitest';
import { type BootProfile, enoughBoots, inherited, learn } from '../../../src/stores/blocks/boot-profile.ts';
import { addBytes, noPages, someOf } from '../../../src/stores/blocks/page-set.ts';

const record = (...indexes: number[]) =>
  new Map(
    indexes.map(index => {
      const pages = noPages();
      addBytes(pages, 4096, 8192);
      return [index, pages];
    }),
  );
const indexes = (profile: BootProfile) => profile.blocks.map(({ index }) => index);

test('keeps what at least half of the boots read, in the order of the last one', () => {
  let profile = learn(undefined, record(1, 2, 3));
  profile = learn(profile, record(3, 1, 9));
  expect(indexes(profile)).toEqual([3, 1, 9, 2]);
  profile = learn(profile, record(1, 3));
  expect(indexes(profile)).toEqual([1, 3]);
  expect(profile.boots).toBe(3);
  expect(enoughBoots).toBeGreaterThan(3);
});

test('joins the pages that boots read of a block', () => {
  const other = noPages();
  addBytes(other, 127 * 4096, 128 * 4096);
  const [block] = learn(learn(undefined, record(5)), new Map([[5, other]])).blocks;
  expect([0, 1, 2, 126, 127].filter(page => someOf(block!.pages, page, 1))).toEqual([1, 127]);
});

test('a profile of the base gives way to the first boot of its own', () => {
  const base = inherited(learn(undefined, record(1, 2)));
  expect(indexes(base)).toEqual([1, 2]);
  expect(learn(base, record(7))).toMatchObject({ boots: 1, blocks: [{ index: 7, boots: 1 }] });
});
