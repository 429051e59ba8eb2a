import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { PackMissing, type PackStorage } from '../../src/stores/blocks/local/files/pack-storage.ts';
import { MalformedFile } from '../../src/stores/blocks/local/formats/byte-reader.ts';

/** What every place for packs does. `open` opens the same place each time in one test: as after a crash. */
export function packStorageContract(open: () => Promise<PackStorage>): void {
  test('a pack is read where it is written, sealed, settled and opened again', async () => {
    const packs = await open();
    const content = randomBytes(300_000);
    const file = await packs.create(7);
    await Promise.all([file.write(content.subarray(0, 1000), 0), file.write(content.subarray(1000), 1000)]);
    await file.sync();
    const readsRight = async (storage: PackStorage) => {
      const piece = await storage.read(7, 999, 5000);
      expect(piece.equals(content.subarray(999, 5999))).toBe(true);
      expect([piece.byteOffset, piece.buffer.byteLength]).toEqual([0, 5000]);
      expect((await storage.read(7, 5, 3)).buffer.byteLength).toBe(3);
      expect(await storage.size(7)).toBe(300_000);
      expect(await storage.list()).toEqual([7]);
    };
    await readsRight(packs);
    await file.seal();
    await readsRight(packs);
    await packs.settle();
    await readsRight(packs);
    await packs.close();
    const again = await open();
    await readsRight(again);
    await again.close();
  });

  test('an unsealed pack is cut and goes on after a crash', async () => {
    const before = await open();
    const file = await before.create(1);
    await file.write(Buffer.from('whole, torn'), 0);
    await file.sync();
    await file.abandon();
    await before.close();
    const packs = await open();
    expect(await packs.list()).toEqual([1]);
    const resumed = await packs.reopen(1, 5);
    expect(await packs.size(1)).toBe(5);
    await resumed.write(Buffer.from('!'), 5);
    await resumed.seal();
    await packs.settle();
    expect((await packs.read(1, 0, 6)).toString()).toBe('whole!');
    await packs.close();
  });

  test('a sealed and settled pack may be sealed again, cut, and go on', async () => {
    const packs = await open();
    const file = await packs.create(1);
    await file.write(Buffer.from('abcdef'), 0);
    await file.seal();
    await packs.settle();
    await (await packs.reopen(1, 6)).seal();
    await packs.settle();
    expect((await packs.read(1, 0, 6)).toString()).toBe('abcdef');
    const longer = await packs.reopen(1, 6);
    await longer.write(Buffer.from('X'), 0);
    await longer.write(Buffer.from('g'), 6);
    await longer.seal();
    await packs.settle();
    expect((await packs.read(1, 0, 7)).toString()).toBe('Xbcdefg');
    const shorter = await packs.reopen(1, 2);
    await shorter.write(Buffer.from('.'), 2);
    await shorter.seal();
    await packs.settle();
    expect(await packs.size(1)).toBe(3);
    expect((await packs.read(1, 0, 3)).toString()).toBe('Xb.');
    await packs.close();
  });

  test('no pack is made over another', async () => {
    const packs = await open();
    const file = await packs.create(3);
    await expect(packs.create(3)).rejects.toThrow();
    await file.write(Buffer.from('x'), 0);
    await file.seal();
    await packs.settle();
    await expect(packs.create(3)).rejects.toThrow();
    await packs.close();
  });

  test('what is not there is named', async () => {
    const packs = await open();
    await expect(packs.read(9, 0, 1)).rejects.toBeInstanceOf(PackMissing);
    await expect(packs.size(9)).rejects.toThrow(packs.describe(9));
    await expect(packs.reopen(9, 0)).rejects.toBeInstanceOf(PackMissing);
    const file = await packs.create(1);
    await file.write(Buffer.from('short'), 0);
    await expect(packs.read(1, 3, 3)).rejects.toBeInstanceOf(MalformedFile);
    await file.seal();
    await packs.settle();
    await expect(packs.read(1, 3, 3)).rejects.toBeInstanceOf(MalformedFile);
    await packs.close();
  });

  test('removed packs are gone, settled or not, and may be removed again', async () => {
    const packs = await open();
    for (const pack of [1, 2, 3]) {
      const file = await packs.create(pack);
      await file.write(Buffer.from('x'), 0);
      if (pack === 1) await file.abandon();
      else await file.seal();
      if (pack === 2) await packs.settle();
    }
    await packs.remove([1, 2]);
    await packs.remove([1, 2, 8]);
    expect(await packs.list()).toEqual([3]);
    await packs.settle();
    await packs.close();
    const again = await open();
    expect(await again.list()).toEqual([3]);
    await again.close();
  });
}
