import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  ObjectConflict,
  ObjectMissing,
  type ObjectStore,
  ObjectTooShort,
} from '../../src/stores/objects/object-store.ts';
import { allOf } from '../support/all-of.ts';

/** What every object store does. `open` answers the same, at first empty, store each time it is called in one test. */
export function objectStoreContract(open: () => Promise<ObjectStore>): void {
  const bytes = (text: string) => Buffer.from(text);
  const keys = async (store: ObjectStore, prefix: string) =>
    (await allOf(store.list(prefix))).map(({ key }) => key);

  test('an object is read back whole, and piece by piece', async () => {
    const store = await open();
    const content = randomBytes(3_000_000);
    await store.put('packs/1.pack', content);
    expect((await store.get('packs/1.pack')).equals(content)).toBe(true);
    const piece = await store.get('packs/1.pack', { offset: 1_000_001, length: 524_288 });
    expect(piece.equals(content.subarray(1_000_001, 1_524_289))).toBe(true);
    const end = await store.get('packs/1.pack', { offset: 2_999_999, length: 1 });
    expect(end.equals(content.subarray(2_999_999))).toBe(true);
    expect(await store.head('packs/1.pack')).toEqual({ size: 3_000_000 });
  });

  test('an object may be empty', async () => {
    const store = await open();
    await store.put('nothing', Buffer.alloc(0));
    expect(await store.get('nothing')).toHaveLength(0);
    expect(await store.head('nothing')).toEqual({ size: 0 });
    await expect(store.get('nothing', { offset: 0, length: 1 })).rejects.toBeInstanceOf(ObjectTooShort);
  });

  test('a missing object is named', async () => {
    const store = await open();
    await expect(store.get('a/b')).rejects.toBeInstanceOf(ObjectMissing);
    await expect(store.get('a/b', { offset: 0, length: 9 })).rejects.toThrow('a/b');
    expect(await store.head('a/b')).toBeUndefined();
  });

  test('a piece that the object does not have whole is an error, never fewer bytes', async () => {
    const store = await open();
    await store.put('short', bytes('0123456789'));
    await expect(store.get('short', { offset: 8, length: 3 })).rejects.toBeInstanceOf(ObjectTooShort);
    await expect(store.get('short', { offset: 10, length: 1 })).rejects.toBeInstanceOf(ObjectTooShort);
    await expect(store.get('short', { offset: 99, length: 1 })).rejects.toBeInstanceOf(ObjectTooShort);
    await expect(store.get('short', { offset: 0, length: 0 })).rejects.toBeInstanceOf(RangeError);
  });

  test('a put takes the place of what was there', async () => {
    const store = await open();
    await store.put('key', bytes('a longer old one'));
    await store.put('key', bytes('new'));
    expect((await store.get('key')).toString()).toBe('new');
  });

  test('a put of what is absent may be repeated, and leaves other bytes as they are', async () => {
    const store = await open();
    await store.put('m/1', bytes('first'), { ifAbsent: true });
    await store.put('m/1', bytes('first'), { ifAbsent: true });
    await expect(store.put('m/1', bytes('other'), { ifAbsent: true })).rejects.toBeInstanceOf(ObjectConflict);
    await expect(store.put('m/1', bytes('firstly'), { ifAbsent: true })).rejects.toThrow('m/1');
    expect((await store.get('m/1')).toString()).toBe('first');
  });

  test('of several who put what is absent at once, one wins', async () => {
    const store = await open();
    const puts = ['one', 'two', 'three', 'four'].map(text =>
      store.put('race', bytes(text), { ifAbsent: true }),
    );
    const outcomes = await Promise.allSettled(puts);
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
    expect(winners).toHaveLength(1);
    expect((await store.get('race')).toString()).toBe(['one', 'two', 'three', 'four'][winners[0]!]);
  });

  test('a source is put in pieces; one that has other bytes than it says puts nothing', async () => {
    const store = await open();
    const chunks = [randomBytes(700_000), randomBytes(1), randomBytes(300_000)];
    const size = 1_000_001;
    const source = (of: Buffer[]) => ({
      size,
      async *open() {
        yield* of;
      },
    });
    await store.put('streamed', source(chunks));
    expect((await store.get('streamed')).equals(Buffer.concat(chunks))).toBe(true);
    await expect(store.put('fewer', source(chunks.slice(1)))).rejects.toThrow('instead of 1000001');
    await expect(store.put('more', source([...chunks, bytes('!')]))).rejects.toThrow('instead of 1000001');
    expect(await keys(store, '')).toEqual(['streamed']);
  });

  test('keys are listed in their order, with sizes, by how they begin', async () => {
    const store = await open();
    const all = ['packs/10', 'packs/9', 'packs-old/1', 'packs.old', 'manifests/snap-1', 'Z'];
    for (const key of all) await store.put(key, bytes(key));
    expect(await keys(store, '')).toEqual([...all].sort());
    expect(await allOf(store.list('packs/'))).toEqual([
      { key: 'packs/10', size: 8 },
      { key: 'packs/9', size: 7 },
    ]);
    expect(await keys(store, 'pac')).toEqual(['packs-old/1', 'packs.old', 'packs/10', 'packs/9']);
    expect(await keys(store, 'none/')).toEqual([]);
  });

  test('a list may be longer than a page', async () => {
    const store = await open();
    const all = Array.from({ length: 1203 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
    for (let at = 0; at < all.length; at += 16)
      await Promise.all(all.slice(at, at + 16).map(key => store.put(key, bytes('x'))));
    expect(await keys(store, 'many/')).toEqual(all);
  });

  test('a deleted object is gone, and may be deleted again', async () => {
    const store = await open();
    await store.put('d/1', bytes('1'));
    await store.put('d/2', bytes('2'));
    await store.delete('d/1');
    await store.delete('d/1');
    await store.delete('e/never');
    expect(await store.head('d/1')).toBeUndefined();
    expect(await keys(store, '')).toEqual(['d/2']);
  });

  test.each(['', '/', '/a', 'a/', 'a//b', '../a', 'a/../b', '.hidden', 'a b', 'ä', 'a\0', 'x'.repeat(600)])(
    '%j is no key',
    async key => {
      const store = await open();
      await expect(store.put(key, bytes('x'))).rejects.toBeInstanceOf(RangeError);
      await expect(store.get(key)).rejects.toBeInstanceOf(RangeError);
    },
  );

  test('a closed store does nothing more', async () => {
    const store = await open();
    await store.close();
    await expect(store.put('late', bytes('x'))).rejects.toThrow('closed');
  });
}
