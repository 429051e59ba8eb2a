import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fsck } from '../src/fsck.ts';
import { regionToDamage } from './support/damaged-region.ts';
import { quickFolder } from './support/quick-folder.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(quickFolder(), 'amity-fsck-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

test('a lost block is told with the snapshots and images that need it, until another region gives it back', async () => {
  const store = await regionToDamage(data);
  await store.flip((await store.packFiles())[0]!, 200);
  const [lossy] = await fsck(data, { readData: true });
  expect(lossy).toMatchObject({ region: 'us-east-1', snapshots: 2, blocks: 3, repaired: [] });
  expect(lossy!.lost).toMatchObject([
    {
      snapshotId: 'snap-1',
      ownerId: '111122223333',
      images: [{ imageId: 'ami-1', name: 'web' }],
      blocks: [{ index: 0 }],
    },
  ]);
  expect((await fsck(data, { readData: true, repair: true }))[0]!.lost).toEqual(lossy!.lost);
  await regionToDamage(data, 'eu-west-1');
  const mended = await fsck(data, { readData: true, repair: true });
  expect(mended.map(({ region, lost }) => [region, lost])).toEqual([
    ['eu-west-1', []],
    ['us-east-1', []],
  ]);
  await store.expectAllBut('snap-1', ['a', 'b', 'c'], []);
});

test('a snapshot whose list of blocks is gone is told by its record', async () => {
  await regionToDamage(data);
  await rm(join(data, 'us-east-1/blocks/manifests/snap-2.manifest'));
  expect((await fsck(data, {}))[0]!.lost).toMatchObject([
    { snapshotId: 'snap-2', manifest: ['the list of its blocks is gone'], images: [] },
  ]);
});

test('lost records are told and not made anew', async () => {
  await regionToDamage(data);
  const file = join(data, 'us-east-1/records.sqlite');
  await rm(file);
  expect(await fsck(data, {})).toMatchObject([
    { records: `${file} is gone: restore it from a backup`, lost: [] },
  ]);
  expect(existsSync(file)).toBe(false);
});

test('it refuses while a server holds the data folder, and where there is none of ours', async () => {
  await expect(fsck(data, {})).rejects.toThrow(/There is no master\.key in/);
  expect(existsSync(join(data, 'master.key'))).toBe(false);
  await regionToDamage(data);
  await expect(fsck(data, { region: 'eu-west-1' })).rejects.toThrow(/it has us-east-1$/);
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'support/hold-data-folder.ts'), data]);
  try {
    await once(holder.stdout, 'data');
    await expect(fsck(data, {})).rejects.toThrow(
      /Another Amity server is using the data folder .*: stop it first/,
    );
  } finally {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }
});
