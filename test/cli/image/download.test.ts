import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { downloadDisk, type SnapshotReader } from '../../../cli/image/download.ts';

const blockSize = 4096;
const block = (fill: number) => Buffer.alloc(blockSize, fill);

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amity-download-'));
  path = join(folder, 'disk');
});
afterEach(() => rm(folder, { recursive: true }));

/** A snapshot of 1000 blocks of which some are there. `read` is awaited first and may give other bytes. */
function reader(
  filled: ReadonlyMap<number, number>,
  read?: (index: number) => undefined | Buffer | Promise<undefined>,
): SnapshotReader {
  return {
    size: 1000 * blockSize,
    blockSize,
    async *blocks() {
      for (const index of filled.keys()) yield { index, token: `token ${index}` };
    },
    async read({ index, token }) {
      expect(token).toBe(`token ${index}`);
      const bytes = block(filled.get(index)!);
      const checksum = createHash('sha256').update(bytes).digest('base64');
      return { bytes: (await read?.(index)) ?? bytes, checksum };
    },
  };
}

test('blocks are written where they belong, and what is not there stays a hole', async () => {
  expect(
    await downloadDisk(
      reader(
        new Map([
          [0, 1],
          [5, 2],
          [999, 3],
        ]),
      ),
      path,
    ),
  ).toBe(3);
  const expected = Buffer.alloc(1000 * blockSize);
  for (const [index, fill] of [
    [0, 1],
    [5, 2],
    [999, 3],
  ] as const)
    block(fill).copy(expected, index * blockSize);
  expect((await readFile(path)).equals(expected)).toBe(true);
  expect((await stat(path)).blocks * 512).toBeLessThan(100 * blockSize);
});

test('several blocks are on their way at once, and no more than asked for', async () => {
  let underWay = 0;
  let most = 0;
  const waiting: Array<() => void> = [];
  const twelve = new Map(Array.from({ length: 12 }, (_, index) => [index, index + 1] as const));
  const portions: number[] = [];
  await downloadDisk(
    reader(twelve, () => {
      most = Math.max(most, ++underWay);
      return new Promise(done => {
        waiting.push(() => {
          underWay--;
          done(undefined);
        });
        // No read ends before three are under way.
        if (waiting.length === 3) for (const end of waiting.splice(0)) setImmediate(end);
      });
    }),
    path,
    { parallel: 3, onProgress: portion => portions.push(portion) },
  );
  expect(most).toBe(3);
  expect(Math.max(...portions)).toBe(12 / 1000);
});

test('a block that is not what its checksum says, or too short, ends the download', async () => {
  const wrong = reader(
    new Map([
      [0, 1],
      [3, 2],
    ]),
    index => (index === 3 ? block(9) : undefined),
  );
  await expect(downloadDisk(wrong, path)).rejects.toThrow('Block 3 is not what its checksum says');
  const short = reader(new Map([[4, 1]]), () => Buffer.alloc(5));
  await expect(downloadDisk(short, join(folder, 'other'))).rejects.toThrow('5 bytes instead of 4096');
});

test('after a failure no further block is asked for', async () => {
  let asked = 0;
  const all = new Map(Array.from({ length: 100 }, (_, index) => [index, 1] as const));
  const failing = reader(all, () => {
    asked++;
    throw new Error('refused');
  });
  await expect(downloadDisk(failing, path, { parallel: 2 })).rejects.toThrow('refused');
  expect(asked).toBe(2);
});

test('a file that is there is not written over', async () => {
  await writeFile(path, 'mine');
  await expect(downloadDisk(reader(new Map()), path)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(path, 'utf8')).toBe('mine');
});
