import { describe, expect, test } from 'vitest';
import { blockCache } from '../../../src/disks/block-server/block-cache.ts';
import { blockServerCommand, parseBlockServerOptions } from '../../../src/disks/block-server/command.ts';
import { snapshotDisk } from '../../../src/disks/block-server/snapshot-disk.ts';
import { type BlockReference, blockSize } from '../../../src/domain/manifest.ts';

const settled = () => new Promise(resolve => setImmediate(resolve));

function diskOf(indexes: number[], cacheBlocks = 100) {
  const fetched: number[] = [];
  const volumeSize = 10 * blockSize + 512;
  const at = (index: number): BlockReference | undefined =>
    indexes.includes(index) ? { domain: 'd', digest: String(index) } : undefined;
  const readBlock = async ({ digest }: BlockReference) => {
    fetched.push(Number(digest));
    return Buffer.alloc(blockSize, Number(digest) + 1);
  };
  return { disk: snapshotDisk({ volumeSize, at }, readBlock, blockCache(cacheBlocks * blockSize)), fetched };
}

describe('a snapshot as a disk', () => {
  test('reads across blocks, zeroes where there is none, up to a size that is no whole block', async () => {
    const { disk } = diskOf([0, 2, 10]);
    const bytes = await disk.read(blockSize - 2, 2 * blockSize);
    expect([...bytes.subarray(0, 4)]).toEqual([1, 1, 0, 0]);
    expect([...bytes.subarray(-6)]).toEqual([3, 3, 3, 3, 3, 3]);
    expect(bytes[blockSize + 1]).toBe(0);
    expect(bytes[blockSize + 2]).toBe(3);
    expect([...(await disk.read(10 * blockSize, 512))]).toEqual(Array(512).fill(11));
    expect(disk.size).toBe(10 * blockSize + 512);
  });

  test('tells holes from data', async () => {
    const { disk } = diskOf([0, 1, 4]);
    expect(await disk.blockStatus!(100, 5 * blockSize)).toEqual([
      { length: 2 * blockSize - 100, flags: 0 },
      { length: 2 * blockSize, flags: 3 },
      { length: blockSize, flags: 0 },
      { length: 100, flags: 3 },
    ]);
  });

  test('one fetch serves all who wait for a block', async () => {
    const { disk, fetched } = diskOf([3, 7]);
    await Promise.all([
      disk.read(3 * blockSize, 10),
      disk.read(3 * blockSize + 500, 10),
      disk.read(7 * blockSize, 9),
    ]);
    await disk.read(3 * blockSize, 10);
    expect(fetched.sort()).toEqual([3, 7]);
  });

  test('a reader going forward has the next block fetched ahead, one that jumps has not', async () => {
    const { disk, fetched } = diskOf([0, 1, 2, 5, 6, 8]);
    await disk.read(5 * blockSize, 10);
    await settled();
    expect(fetched).toEqual([5]);
    await disk.read(0, 10);
    await disk.read(blockSize, 10);
    await settled();
    expect(fetched).toEqual([5, 0, 1, 2]);
  });

  test('keeps no more than the cache may', async () => {
    const { disk, fetched } = diskOf([0, 2, 4], 2);
    for (const index of [0, 2, 0, 4, 0, 2]) await disk.read(index * blockSize, 1);
    expect(fetched).toEqual([0, 2, 4, 2]);
  });

  test('a fetch that failed is tried again', async () => {
    let failing = true;
    const cache = blockCache(blockSize);
    const get = () =>
      cache.get('key', async () => {
        if (failing) throw new Error('not now');
        return Buffer.alloc(blockSize, 5);
      });
    await expect(get()).rejects.toThrow('not now');
    failing = false;
    expect((await get())[0]).toBe(5);
  });
});

describe('the block server command', () => {
  const options = {
    blocksFolder: '/data/blocks',
    socketPath: '/run/s',
    masterKey: Buffer.alloc(32, 7),
    cacheBytes: 1,
  };

  test('hands the key over standard input and never on the command line', () => {
    const { argv, stdin } = blockServerCommand(options);
    expect(argv.join(' ')).not.toContain(options.masterKey.toString('base64'));
    expect(parseBlockServerOptions(stdin)).toEqual(options);
  });

  test('refuses other input without repeating it', () => {
    for (const line of ['', 'secret', '[]', 'null', '{"masterKey":"secret"}'])
      expect(() => parseBlockServerOptions(line)).toThrow(/reads one line of JSON/);
    const short = JSON.stringify({ blocksFolder: '/a', socketPath: '/b', masterKey: 'c2VjcmV0' });
    expect(() => parseBlockServerOptions(short)).toThrow(/32 bytes/);
    expect(() =>
      parseBlockServerOptions(blockServerCommand({ ...options, socketPath: 's'.repeat(108) }).stdin),
    ).toThrow(/107/);
  });
});
