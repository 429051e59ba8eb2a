import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { regionToDamage } from '../support/damaged-region.ts';
import { quickFolder } from '../support/quick-folder.ts';

const amity = fileURLToPath(new URL('../../bin/amity', import.meta.url));
let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(quickFolder(), 'amity-fsck-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

/** Runs the command as a user does; what it printed and its status. */
async function fsck(...words: string[]) {
  const environment = { PATH: process.env.PATH };
  return promisify(execFile)(amity, ['fsck', '--data', data, ...words], { env: environment }).then(
    ({ stdout, stderr }) => ({ stdout, stderr, status: 0 }),
    ({ stdout, stderr, code }) => ({ stdout, stderr, status: code as number }),
  );
}

test('statuses say whether nothing is wrong, something is damaged, or something is lost', async () => {
  const store = await regionToDamage(data);
  await store.loseIndex();
  const [damaged, mended] = [await fsck(), await fsck('--repair')];
  expect(damaged).toMatchObject({
    status: 2,
    stdout: expect.stringMatching(/^us-east-1: .* damaged\n.*--repair/),
  });
  expect(mended).toEqual({
    stdout: expect.stringMatching(
      /^us-east-1: 2 snapshots, 3 blocks in 1 packs: nothing is wrong\n {2}mended: the index/,
    ),
    stderr: '',
    status: 0,
  });
  await store.flip((await store.packFiles())[0]!, 200);
  const lost = await fsck('--read-data');
  expect(lost.status).toBe(3);
  expect(lost.stdout).toMatch(/LOST of snap-1 \(account 111122223333\): 1 blocks of 512 KiB/);
  expect(lost.stdout).toMatch(/image ami-1 \(web\) needs it\n {4}block 0 \([0-9a-f]{16}…\): .* is corrupt/);
  const { stdout, status } = await fsck('--read-data', '--json');
  expect([status, JSON.parse(stdout).status, JSON.parse(stdout).regions[0].lost[0].snapshotId]).toEqual([
    3,
    3,
    'snap-1',
  ]);
  await rm(join(data, 'master.key'));
  expect(await fsck()).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^amity: There is no/),
  });
}, 180_000);
