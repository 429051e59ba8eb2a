import { expect, test } from 'vitest';
import { extentList } from '../../src/disks/extents.ts';
import { blockSize } from '../../src/domain/manifest.ts';

test('a long list of extents leaves out only gaps that are worth it', () => {
  const list = extentList(2);
  for (const offset of [0, 10, 20, 30 + blockSize, 100 + 3 * blockSize]) list.add({ offset, length: 10 });
  list.add({ offset: 5 * blockSize, length: 1 });
  list.add({ offset: 5 * blockSize + 500, length: 1 });
  expect(list.extents).toEqual([
    { offset: 0, length: 30 },
    { offset: 30 + blockSize, length: 10 },
    { offset: 100 + 3 * blockSize, length: 10 },
    { offset: 5 * blockSize, length: 501 },
  ]);
});
