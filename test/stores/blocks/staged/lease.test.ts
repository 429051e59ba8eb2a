import { randomBytes } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Lease,
  type LeaseTimes,
  leasedObjects,
  takeLease,
} from '../../../../src/stores/blocks/staged/lease.ts';
import { testBucket } from '../../../support/bucket.ts';
import { eventually } from '../../../support/eventually.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const name = 's3://bucket/region';
const quick: LeaseTimes = { renewMs: 20, validMs: 400, silenceMs: 800, lookMs: 5 };
/** Never renewed within a test. */
const gone: LeaseTimes = { ...quick, renewMs: 3_600_000, validMs: 3_600_000 };

const made: { remove(): Promise<void> }[] = [];
const taken: Lease[] = [];
let bucket: ReturnType<typeof testBucket>;
beforeEach(() => {
  bucket = testBucket();
});
afterEach(async () => {
  for (const lease of taken.splice(0)) await lease.release();
  for (const folder of made.splice(0)) await folder.remove();
});

async function newFolder(): Promise<string> {
  const folder = await temporaryFolder();
  made.push(folder);
  return folder.path;
}
async function take(folder: string, times = quick) {
  const lease = await takeLease({ objects: bucket.objects, folder, name, times });
  taken.push(lease);
  return lease;
}
/** As the index of a block store does. */
const use = (folder: string) => writeFile(join(folder, 'index.sqlite'), '');

test('a second server is refused while the first renews, and is let in once that let go', async () => {
  const first = await take(await newFolder());
  const other = await newFolder();
  await expect(take(other)).rejects.toThrow(`${name} is in use by another server`);
  await first.release();
  expect(() => first.permission()).toThrow('was let go');
  (await take(other)).permission();
});

test('the same folder after a crash waits for nobody', async () => {
  const folder = await newFolder();
  await take(folder, gone);
  await use(folder);
  const begun = performance.now();
  (await take(folder, { ...quick, silenceMs: 60_000 })).permission();
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test('what is not renewed any more is taken, and the first, which comes back, writes no more', async () => {
  const folder = await newFolder();
  const paused = await take(folder, { ...quick, renewMs: 2_000, validMs: 1_000 });
  await use(folder);
  const said: string[] = [];
  const second = await takeLease({
    ...{ objects: bucket.objects, folder: await newFolder(), name, times: quick },
    notice: text => said.push(text),
  });
  taken.push(second);
  expect(said).toEqual([expect.stringContaining('waiting up to 0.8 s')]);
  await eventually('the first has tried to renew', async () => {
    try {
      paused.permission();
    } catch (error) {
      return (error as Error).message.includes('this one writes no more');
    }
  });
  second.permission();
  await second.release();
  // Its folder knows nothing of what the second wrote.
  await expect(take(folder)).rejects.toThrow('wrote to s3://bucket/region after this server did');
});

test('a copy of the folder elsewhere is another server', async () => {
  const folder = await newFolder();
  await take(folder);
  await use(folder);
  const copy = join(await newFolder(), 'copy');
  await cp(folder, copy, { recursive: true });
  await expect(take(copy)).rejects.toThrow('is in use by another server');
});

test('nothing is put or deleted while the bucket cannot be reached to renew, and again once it can', async () => {
  const lease = await take(await newFolder());
  const objects = leasedObjects(bucket.objects, lease);
  await objects.put('a', Buffer.from('x'));
  bucket.faults.refuse = /^lease/;
  await eventually('it ran out', async () =>
    objects.put('a', Buffer.from('y')).then(
      () => false,
      () => true,
    ),
  );
  await expect(objects.delete('a')).rejects.toThrow('was not reached for a while');
  expect((await objects.get('a')).length).toBe(1);
  bucket.faults.refuse = undefined;
  await eventually('it is renewed', async () => objects.delete('a').then(() => true));
  expect(await bucket.keys('a')).toEqual([]);
});

test('a renewal whose answer was lost is no loss', async () => {
  const lease = await take(await newFolder());
  bucket.faults.lose = /^lease/;
  await eventually('it ran out', async () => {
    try {
      lease.permission();
    } catch {
      return true;
    }
  });
  bucket.faults.lose = undefined;
  await eventually('it is renewed', async () => lease.permission() && true);
});

test('of many who begin at once one gets it', async () => {
  const folders = await Promise.all(Array.from({ length: 6 }, newFolder));
  const outcomes = await Promise.allSettled(folders.map(folder => take(folder)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('one mark at most is kept, and a broken one is told', async () => {
  const lease = await take(await newFolder());
  await eventually('renewed', async () => bucket.order.filter(key => key.startsWith('lease/')).length > 3);
  await lease.release();
  const keys = await bucket.keys('lease/');
  expect(keys).toHaveLength(1);
  await bucket.objects.put(keys[0]!, randomBytes(20));
  await expect(take(await newFolder())).rejects.toThrow('is no mark of a server');
});
