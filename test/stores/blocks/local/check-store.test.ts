import { hash } from 'node:crypto';
import { readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkStore, type StoreCheck } from '../../../../src/stores/blocks/local/check/check-store.ts';
import { copyToDamage, storeToDamage } from '../../../support/damaged-store.ts';

const seeds = Array.from({ length: 24 }, (_, at) => `seed ${at}`);
let whole: Awaited<ReturnType<typeof storeToDamage>>;
let it: typeof whole;
beforeAll(async () => {
  whole = await storeToDamage();
  await whole.commit('snap-1', seeds);
  await whole.commit('snap-2', seeds.slice(0, 6));
});
afterAll(() => whole.remove());
beforeEach(async () => {
  it = await copyToDamage(whole);
});
afterEach(() => it.remove());

const check = (readData = false) => checkStore({ ...it, readData });
const lossesOf = ({ damaged }: StoreCheck) =>
  Object.fromEntries(damaged.map(({ snapshotId, blocks }) => [snapshotId, blocks.map(({ index }) => index)]));
/** A damaged store must go on: takes a new snapshot, collects garbage, and keeps what it has. */
const expectGoesOn = async (lost: { 'snap-1'?: number[]; 'snap-2'?: number[] }) => {
  const fresh = ['new a', 'new b'];
  await it.commit('snap-3', fresh);
  await it.withStore(async store => {
    await store.collectGarbage();
    await store.collectGarbage();
  });
  await it.expectAllBut('snap-3', fresh, []);
  await it.expectAllBut('snap-1', seeds, lost['snap-1'] ?? []);
  await it.expectAllBut('snap-2', seeds.slice(0, 6), lost['snap-2'] ?? []);
};

test('a whole store has nothing to tell, and a check leaves it as it is', async () => {
  const before = await readdir(it.folder, { recursive: true });
  const nothing = { snapshots: 2, blocks: 24, index: undefined, packProblems: [], damaged: [] };
  expect(await check()).toMatchObject(nothing);
  expect(await check(true)).toMatchObject(nothing);
  expect(
    (await readdir(it.folder, { recursive: true })).filter(name => !/-(wal|shm)$/.test(name)).sort(),
  ).toEqual(before.filter(name => !/-(wal|shm)$/.test(name)).sort());
});

test('a store that somebody writes to is not checked', async () => {
  await it.withStore(async () => {
    await expect(check()).rejects.toThrow(/Another process writes to this block store .*: stop it first/);
  });
});

test('one flipped bit is found by reading, and costs exactly the block it is in', async () => {
  const [first] = await it.packFiles();
  await it.flip(first!, 200);
  expect(await check()).toMatchObject({ damaged: [] });
  const found = await check(true);
  expect(lossesOf(found)).toEqual({ 'snap-1': [0], 'snap-2': [0] });
  expect(found.damaged[0]!.blocks[0]!.problem).toMatch(/is corrupt .*00000001\.pack at byte 16/);
  await expectGoesOn({ 'snap-1': [0], 'snap-2': [0] });
});

test('a truncated pack costs the blocks behind the cut, without reading any', async () => {
  const [first] = await it.packFiles();
  await truncate(first!, 40_000);
  const found = await check();
  const lost = lossesOf(found);
  expect(lost['snap-1']!.length).toBeGreaterThan(0);
  expect(lost['snap-1']![0]).toBe(1);
  expect(found.packProblems).toMatchObject([{ where: first, problem: expect.stringMatching(/cut off/) }]);
  expect(found.damaged[0]!.blocks[0]!.problem).toMatch(/ends at byte 40000, before segment/);
  await expectGoesOn(lost);
});

test('of a half-deleted store exactly what lay in the other half is lost', async () => {
  const files = await it.packFiles();
  const gone = files.filter((_, at) => at % 2 === 0);
  for (const path of gone) await rm(path);
  const found = await check();
  expect(found.packProblems.map(({ where, problem }) => [where, problem])).toEqual(
    gone.map(path => [path, 'it is gone']),
  );
  const lost = lossesOf(found);
  expect(lost['snap-1']!.length).toBeGreaterThan(5);
  expect(lost['snap-1']!.length).toBeLessThan(24);
  expect(lost['snap-2']).toEqual(lost['snap-1']!.filter(index => index < 6));
  await expectGoesOn(lost);
  expect(lossesOf(await check(true))).toEqual(lost);
});

test('without its packs folder a store opens, says that all is lost, and takes new snapshots', async () => {
  await rm(join(it.folder, 'packs'), { recursive: true });
  const all = seeds.map((_, at) => at);
  expect(lossesOf(await check())).toEqual({ 'snap-1': all, 'snap-2': all.slice(0, 6) });
  await expectGoesOn({ 'snap-1': all, 'snap-2': all.slice(0, 6) });
});

test('a lost or damaged index is told, and what the packs hold is found without it', async () => {
  await it.loseIndex();
  expect(await check(true)).toMatchObject({ index: expect.any(String), blocks: 24, damaged: [] });
  await writeFile(join(it.folder, 'index.sqlite'), Buffer.alloc(8_192, 'not an index'));
  expect(await check(true)).toMatchObject({ index: 'file is not a database', blocks: 24, damaged: [] });
  await rm((await it.packFiles())[0]!);
  expect(lossesOf(await check())['snap-1']!.length).toBeGreaterThan(0);
});

test('a damaged list of blocks is told with the part of it; the others are whole', async () => {
  await it.flip(join(it.folder, 'manifests/snap-2.manifest'), 60);
  const { damaged } = await check();
  expect(damaged).toMatchObject([
    { snapshotId: 'snap-2', blocks: [], manifest: [expect.stringMatching(/snap-2/)] },
  ]);
  await it.expectAllBut('snap-1', seeds, []);
  await it.withStore(async store => {
    // What a list that cannot be read keeps alive, nobody knows.
    await expect(store.collectGarbage()).rejects.toThrow(/snap-2\.manifest/);
    await store.deleteManifest('snap-2');
    await store.collectGarbage();
  });
  await it.expectAllBut('snap-1', seeds, []);
});

test('a lost data key costs its key domain alone', async () => {
  await it.commit('snap-4', ['x', 'y'], 'other');
  await rm(join(it.folder, 'keys', `${hash('sha256', 'other')}.key`));
  const found = await check(true);
  expect(lossesOf(found)).toEqual({ 'snap-4': [0, 1] });
  expect(found.damaged[0]!.blocks[0]!.problem).toBe('the data key of key domain other is gone');
  await it.expectAllBut('snap-1', seeds, []);
});

test('what was under a key that was destroyed on purpose is no loss', async () => {
  await it.commit('snap-4', ['x', 'y'], 'other');
  await it.withStore(store => store.forgetDomain('other'));
  expect(await check(true)).toMatchObject({ snapshots: 3, damaged: [] });
  await it.loseIndex();
  expect(await check(true)).toMatchObject({ snapshots: 3, damaged: [] });
});
