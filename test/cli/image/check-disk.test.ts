import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkDisk, contentOf } from '../../../cli/image/check-disk.ts';

const none = Buffer.alloc(512);

/** Bytes with `signature` at `offset`. */
function head(offset: number, signature: string | number[]): Buffer {
  const bytes = Buffer.alloc(66_000);
  Buffer.from(signature as string).copy(bytes, offset);
  return bytes;
}

describe('what bytes say', () => {
  test.each([
    ['an MBR', head(510, [0x55, 0xaa])],
    ['a GPT', head(512, 'EFI PART')],
    ['ext4', head(1080, [0x53, 0xef])],
    ['XFS', head(0, 'XFSB')],
    ['btrfs', head(65_600, '_BHRfS_M')],
  ])('%s is a disk', (_, bytes) => {
    expect(contentOf(bytes, none)).toEqual({ kind: 'disk' });
  });

  test.each([
    ['qcow2', head(0, [0x51, 0x46, 0x49, 0xfb])],
    ['vmdk', head(0, 'KDMV')],
    ['vmdk', head(0, '# Disk DescriptorFile')],
    ['vhdx', head(0, 'vhdxfile')],
    ['vdi', head(64, [0x7f, 0x10, 0xda, 0xbe])],
    ['vpc', head(0, 'conectix')],
  ])('%s is known by its head', (name, bytes) => {
    expect(contentOf(bytes, none)).toEqual({ kind: 'format', name });
  });

  test('a fixed VHD is known by its tail, though a disk stands before it', () => {
    expect(contentOf(head(510, [0x55, 0xaa]), head(0, 'conectix').subarray(0, 512))).toEqual({
      kind: 'format',
      name: 'vpc',
    });
  });

  test('a packed file is told from a disk', () => {
    expect(contentOf(head(0, [0x1f, 0x8b]), none)).toEqual({ kind: 'packed', name: 'gzip' });
    expect(contentOf(head(257, 'ustar'), none)).toEqual({ kind: 'packed', name: 'tar' });
  });

  test('a file shorter than any signature is unknown', () => {
    expect(contentOf(Buffer.from('hi'), Buffer.from('hi'))).toEqual({ kind: 'unknown' });
  });
});

describe('files', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'amity-check-'));
    await writeFile(file('disk'), head(510, [0x55, 0xaa]));
    await writeFile(file('image.qcow2'), head(0, [0x51, 0x46, 0x49, 0xfb]));
    await writeFile(file('empty'), '');
    await writeFile(file('letter'), 'Dear Sir');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('a disk is taken, with its size', async () => {
    expect(await checkDisk(file('disk'))).toBe(66_000);
  });

  test('each refusal names the file and the remedy', async () => {
    await expect(checkDisk(file('image.qcow2'), true)).rejects.toThrow('--format qcow2');
    await expect(checkDisk(file('empty'), true)).rejects.toThrow('empty');
    await expect(checkDisk(file('absent'))).rejects.toThrow(`There is no file ${file('absent')}`);
    await expect(checkDisk(folder)).rejects.toThrow('is not a file');
    await expect(checkDisk(file('letter'))).rejects.toThrow('--force');
  });

  test('an unknown file is taken by force', async () => {
    expect(await checkDisk(file('letter'), true)).toBe(8);
  });
});
