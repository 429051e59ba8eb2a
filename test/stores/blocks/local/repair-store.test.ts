import { createHash } from 'node:crypto';
import { copyFile, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { blockSize } from '../../../../src/domain/manifest.ts';
import { checkStore } from '../../../../src/stores/blocks/local/check/check-store.ts';
import { copiesIn } from '../../../../src/stores/blocks/local/check/put-lost-blocks.ts';
import { repairStore } from '../../../../src/stores/blocks/local/check/repair-store.ts';
import { copyToDamage, storeToDamage } from '../../../support/damaged-store.ts';

const seeds = Array.from({ length: 12 }, (_, at) => `seed ${at}`);
let whole: Awaited<ReturnType<typeof storeToDamage>>;
let it: typeof whole;
beforeAll(async () => {
  whole = await storeToDamage();
  await whole.commit('snap-1', seeds);
});
afterAll(() => whole.remove());
beforeEach(async () => {
  it = await copyToDamage(whole);
});
afterEach(() => it.remove());

const repair = (readData = false) => repairStore({ ...it, readData });
const nothing = { index: undefined, packProblems: [], damaged: [] };
const bytesStored = () => it.sql('SELECT total(length) AS bytes FROM segments')[0]!.bytes as number;

test('a whole store is left alone', async () => {
  expect(await repair()).toMatchObject({ ...nothing, repaired: [] });
});

test('a lost index is rebuilt, and new data share pages with old segments again', async () => {
  // One page in 32 leads to its segment: of 128 different ones, some do.
  const dense = createHash('shake256', { outputLength: blockSize }).update('dense').digest();
  const commit = (snapshotId: string) =>
    it.withStore(async store => {
      const session = await store.openSession(`for-${snapshotId}`, 'domain');
      await session.put(0, dense);
      await session.commit({ snapshotId, volumeSize: 1024 ** 3 });
    });
  await commit('snap-2');
  await it.loseIndex();
  const { repaired, ...after } = await repair();
  expect(after).toMatchObject({ ...nothing, blocks: 13 });
  expect(repaired).toEqual([
    'the index was rebuilt from the packs',
    expect.stringMatching(/^new data share pages with \d+ older segments again$/),
  ]);
  const before = bytesStored();
  dense.fill(7, 0, 4_096);
  await commit('snap-3');
  expect(bytesStored() - before).toBeLessThan(1_000);
  await it.expectAllBut('snap-1', seeds, []);
});

test('an index that opens and lies is mended row by row from the packs', async () => {
  it.sql('UPDATE blocks SET recipe = zeroblob(30) WHERE digest IN (SELECT digest FROM blocks LIMIT 3)');
  it.sql('DELETE FROM blocks WHERE digest IN (SELECT digest FROM blocks ORDER BY digest DESC LIMIT 2)');
  it.sql('DELETE FROM segments WHERE id IN (SELECT min(id) FROM segments)');
  expect((await checkStore(it)).damaged[0]!.blocks.length).toBeGreaterThan(4);
  const { repaired, ...after } = await repair();
  expect(after).toMatchObject(nothing);
  expect(repaired[0]).toMatch(/^\d blocks were found in second copies$/);
  await it.expectAllBut('snap-1', seeds, []);
});

test('what lives in a pack whose list is damaged or cut off moves to a new one', async () => {
  const [first, second] = await it.packFiles();
  await it.flip(first!, -60);
  await truncate(
    second!,
    it.sql('SELECT max(offset + length) AS size FROM segments WHERE pack = 2')[0]!.size as number,
  );
  expect((await checkStore(it)).packProblems.length).toBe(2);
  const { repaired, ...after } = await repair();
  expect(after).toMatchObject(nothing);
  expect(repaired).toContain(`what lives in ${first} was moved to a new pack`);
  await it.loseIndex();
  await it.expectAllBut('snap-1', seeds, []);
});

test('a compacted pack that is not removed yet is the second copy of its segments', async () => {
  await it.commit('snap-2', ['seed 1']);
  await it.withStore(async store => {
    await store.deleteManifest('snap-1');
    expect((await store.collectGarbage()).packsCompacted).toBeGreaterThan(0);
  });
  await it.flip((await it.packFiles()).at(-1)!, 200);
  expect((await checkStore({ ...it, readData: true })).damaged).toMatchObject([{ snapshotId: 'snap-2' }]);
  expect(await repair(true)).toMatchObject({
    ...nothing,
    repaired: ['1 blocks were found in second copies'],
  });
  await it.expectAllBut('snap-2', ['seed 1'], []);
});

test('a lost block is stored anew from another key domain, and from another region', async () => {
  await it.commit('snap-2', seeds.slice(0, 2), 'other');
  const copies = (await it.packFiles()).slice(-1);
  const [first, second] = await it.packFiles();
  expect(copies).not.toContain(second);
  for (const path of [first!, second!]) await it.flip(path, 200);
  const before = await checkStore({ ...it, readData: true });
  const lost = before.damaged[0]!.blocks.map(({ index }) => index);
  expect(lost.length).toBe(2);
  expect(lost[0]).toBe(0);
  const here = await repair(true);
  expect(here.repaired).toEqual(['1 blocks were stored anew from copies in other key domains or regions']);
  expect(here.damaged[0]!.blocks.map(({ index }) => index)).toEqual([lost[1]]);
  const other = copiesIn(whole);
  try {
    const elsewhere = (digest: string) => other.read(digest);
    expect(await repairStore({ ...it, readData: true, elsewhere })).toMatchObject({ ...nothing, blocks: 14 });
  } finally {
    await other.close();
  }
  await it.expectAllBut('snap-1', seeds, []);
  await it.expectAllBut('snap-2', seeds.slice(0, 2), []);
});

test('what has no second copy stays lost and told, also when it is repaired again', async () => {
  const [first] = await it.packFiles();
  await rm(first!);
  const before = await checkStore(it);
  const after = await repair();
  expect(after.repaired).toEqual([]);
  expect(after.damaged).toEqual(before.damaged);
  expect(await repair()).toEqual(after);
});

test('with a lost data key no other is made in its place', async () => {
  const [name] = await readdir(join(it.folder, 'keys'));
  await it.commit('snap-2', seeds, 'other');
  await copyFile(join(it.folder, 'keys', name!), join(it.folder, 'saved.key'));
  await rm(join(it.folder, 'keys', name!));
  expect((await repair()).damaged).toMatchObject([{ snapshotId: 'snap-1' }]);
  await copyFile(join(it.folder, 'saved.key'), join(it.folder, 'keys', name!));
  expect(await repair()).toMatchObject(nothing);
});
