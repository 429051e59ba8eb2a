import { describe, expect, test } from 'vitest';
import { type Reader, segmentCache } from '../../../src/disks/block-server/segment-cache.ts';

const size = 1000;

function cacheOf(segments: number, maxFetches?: number) {
  const fetched: number[] = [];
  let underWay = 0;
  let most = 0;
  const cache = segmentCache({
    maxBytes: segments * size,
    maxFetches,
    async fetch(_, number) {
      fetched.push(number);
      most = Math.max(most, ++underWay);
      await new Promise(resolve => setImmediate(resolve));
      underWay--;
      return Buffer.alloc(size, number);
    },
  });
  const readAll = async (numbers: Iterable<number>, reader: Reader) => {
    for (const number of numbers) await cache.get('d', number, reader);
  };
  return { cache, fetched, readAll, most: () => most };
}

const guest = (): Reader => ({ sequential: false });
const scanner = (): Reader => ({ sequential: true });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, step) => from + step);

describe('the segment cache', () => {
  test('fetches once for all who wait, and for all who come later', async () => {
    const { cache, fetched } = cacheOf(10);
    const waiting = [guest(), guest(), scanner()].map(reader => cache.get('d', 3, reader));
    const [first, ...others] = await Promise.all(waiting);
    for (const other of others) expect(other).toBe(first);
    expect(cache.find('d', 3, guest())).toBe(first);
    expect(cache.find('other domain', 3, guest())).toBeUndefined();
    expect(fetched).toEqual([3]);
  });

  test('keeps no more bytes than it may, and fetches no more at a time', async () => {
    const { cache, most } = cacheOf(10, 4);
    const readers = [guest(), guest(), scanner()];
    await Promise.all(range(0, 300).map(number => cache.get('d', number % 70, readers[number % 3]!)));
    expect(cache.bytes).toBeLessThanOrEqual(10 * size);
    expect(cache.underWay).toBe(0);
    expect(most()).toBe(4);
  });

  test('a reader of a whole disk does not push out what a boot read', async () => {
    const { fetched, readAll } = cacheOf(100);
    await readAll(range(0, 40), guest());
    await readAll(range(1000, 3000), scanner());
    fetched.length = 0;
    await readAll(range(0, 40), guest());
    expect(fetched).toEqual([]);
  });

  test('what two guests wanted outlives what one of them reads here and there', async () => {
    const { fetched, readAll } = cacheOf(100);
    const first = guest();
    await readAll(range(0, 40), first);
    await readAll(range(0, 40), guest());
    await readAll(range(1000, 3000), first);
    fetched.length = 0;
    await readAll(range(0, 40), guest());
    expect(fetched).toEqual([]);
  });

  test('what is wanted again soon after it was dropped is kept', async () => {
    const { fetched, readAll } = cacheOf(20);
    const reader = guest();
    await readAll(range(0, 30), reader);
    await readAll(range(0, 10), reader);
    await readAll(range(100, 300), reader);
    fetched.length = 0;
    await readAll(range(0, 10), reader);
    expect(fetched).toEqual([]);
  });

  test('a fetch that failed is made again', async () => {
    let failing = true;
    const cache = segmentCache({
      maxBytes: size,
      async fetch() {
        if (failing) throw new Error('not now');
        return Buffer.alloc(size, 5);
      },
    });
    const both = [cache.get('d', 1, guest()), cache.get('d', 1, guest())];
    for (const one of both) await expect(one).rejects.toThrow('not now');
    failing = false;
    expect((await cache.get('d', 1, guest()))[0]).toBe(5);
  });
});
