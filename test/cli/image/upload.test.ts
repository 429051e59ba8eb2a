import { createHash } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SnapshotWriter, uploadDisk, volumeSizeFor } from '../../../cli/image/upload.ts';

const blockSize = 4096;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amity-upload-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Keeps what it is given. `put` is awaited first. */
function keepingWriter(put?: (index: number) => void | Promise<void>) {
  const blocks = new Map<number, { block: Buffer; checksum: string }>();
  const seen = {
    underWay: 0,
    most: 0,
    completed: undefined as { blocks: number; checksum: string } | undefined,
  };
  const writer: SnapshotWriter = {
    snapshotId: 'snap-1',
    blockSize,
    async put(index, block, checksum) {
      seen.most = Math.max(seen.most, ++seen.underWay);
      await put?.(index);
      seen.underWay--;
      blocks.set(index, { block, checksum });
    },
    async complete(count, checksum) {
      seen.completed = { blocks: count, checksum };
    },
  };
  return { writer, blocks, seen };
}

test('holes and blocks of zeroes are not sent, and the last block is filled up', async () => {
  const path = join(folder, 'disk');
  const file = await open(path, 'w');
  await file.write(Buffer.alloc(blockSize, 1), 0, blockSize, 0);
  await file.write(Buffer.alloc(blockSize, 0), 0, blockSize, blockSize);
  await file.write(Buffer.from('end'), 0, 3, 5 * blockSize);
  await file.close();
  const { writer, blocks, seen } = keepingWriter();

  const sent = await uploadDisk(path, writer, { size: 5 * blockSize + 3 });

  expect(sent).toBe(2);
  expect([...blocks.keys()]).toEqual([0, 5]);
  const last = Buffer.alloc(blockSize);
  last.write('end');
  expect(blocks.get(5)!.block.equals(last)).toBe(true);
  expect(blocks.get(5)!.checksum).toBe(sha256(last).toString('base64'));
  const linear = sha256(Buffer.concat([sha256(Buffer.alloc(blockSize, 1)), sha256(last)])).toString('base64');
  expect(seen.completed).toEqual({ blocks: 2, checksum: linear });
});

test('what is outside of the allocated ranges is not read, and a block they share is sent once', async () => {
  const path = join(folder, 'disk');
  await writeFile(path, Buffer.alloc(10 * blockSize, 1));
  const { writer, blocks } = keepingWriter();
  const allocated = [
    { offset: blockSize + 5, length: 10 },
    { offset: blockSize + 100, length: blockSize },
    { offset: 8 * blockSize, length: 5 * blockSize },
  ];
  expect(await uploadDisk(path, writer, { size: 10 * blockSize, allocated })).toBe(4);
  expect([...blocks.keys()]).toEqual([1, 2, 8, 9]);
});

test('several blocks are on their way at once, and no more than asked for', async () => {
  const path = join(folder, 'disk');
  const disk = Buffer.concat(Array.from({ length: 20 }, (_, index) => Buffer.alloc(blockSize, index + 1)));
  await writeFile(path, disk);
  const portions: number[] = [];
  // No put ends before three are under way; the last two have no third beside them.
  const waiting: Array<() => void> = [];
  const endAll = () => {
    for (const end of waiting.splice(0)) end();
  };
  const { writer, blocks, seen } = keepingWriter(
    index =>
      new Promise<void>(done => {
        waiting.push(done);
        if (waiting.length === 3 || index === 19) setImmediate(endAll);
      }),
  );

  await uploadDisk(path, writer, {
    size: disk.length,
    parallel: 3,
    onProgress: portion => portions.push(portion),
  });

  expect(seen.most).toBe(3);
  expect(
    Buffer.concat([...blocks].sort(([a], [b]) => a - b).map(([, { block }]) => block)).equals(disk),
  ).toBe(true);
  expect(Math.max(...portions)).toBe(1);
});

test('a block that is refused ends the upload and the snapshot is not completed', async () => {
  const path = join(folder, 'disk');
  await writeFile(path, Buffer.alloc(50 * blockSize, 1));
  const { writer, blocks, seen } = keepingWriter(index => {
    if (index === 2) throw new Error('refused');
  });

  await expect(uploadDisk(path, writer, { size: 50 * blockSize, parallel: 2 })).rejects.toThrow('refused');

  expect(seen.completed).toBeUndefined();
  expect(blocks.size).toBeLessThan(10);
});

test('a file that became shorter is noticed', async () => {
  const path = join(folder, 'disk');
  await writeFile(path, Buffer.alloc(blockSize, 1));
  const { writer } = keepingWriter();
  await expect(uploadDisk(path, writer, { size: 3 * blockSize })).rejects.toThrow('became shorter');
});

test('a volume is a whole number of GiB', () => {
  expect([1, 2 ** 30, 2 ** 30 + 1].map(volumeSizeFor)).toEqual([1, 1, 2]);
});
