import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blockSize, chunkBlocks, type ManifestEntry } from '../../../../src/domain/manifest.ts';
import type { StagedEntry } from '../../../../src/stores/blocks/block-store.ts';
import { manifestFiles } from '../../../../src/stores/blocks/local/files/manifest-files.ts';
import { writeManifest } from '../../../../src/stores/blocks/local/write/write-manifest.ts';
import { encodeManifest1 } from '../../../support/manifest-1.ts';

const chunks = 20;
const volumeSize = chunks * chunkBlocks * blockSize;
const block = (index: number, domain = 'one'): ManifestEntry => [
  index,
  { domain, digest: (index + 1).toString(16).padStart(64, '0') },
];
/** Two blocks of every chunk. */
const entries = Array.from({ length: chunks }, (_, number) => [
  block(number * chunkBlocks + 1),
  block(number * chunkBlocks + 4095),
]).flat();

describe('a manifest on disk', () => {
  let folder: string;
  let files: ReturnType<typeof manifestFiles>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'amity-test-'));
    files = manifestFiles(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const pathOf = (snapshotId: string) => join(folder, `${snapshotId}.manifest`);
  async function* batches(staged: StagedEntry[]) {
    for (let i = 0; i < staged.length; i += 3) yield staged.slice(i, i + 3);
  }
  const write = async (snapshotId: string, staged: StagedEntry[], base?: string, size = volumeSize) => {
    const below = base === undefined ? undefined : await files.open(base);
    try {
      return await writeManifest(files, { snapshotId, volumeSize: size }, below, batches(staged));
    } finally {
      await below?.close();
    }
  };
  const read = async (snapshotId: string) => {
    const manifest = (await files.open(snapshotId))!;
    try {
      return (await Array.fromAsync(manifest.entries())).flat();
    } finally {
      await manifest.close();
    }
  };
  const flip = async (snapshotId: string, position: number) => {
    const file = await open(pathOf(snapshotId), 'r+');
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, position);
    await file.write(Buffer.from([byte[0]! ^ 1]), 0, 1, position);
    await file.close();
  };
  /** Where a byte of chunk `number` lies: each has two entries. */
  const inChunk = (number: number) => 10 + number * 72 + 40;

  test('on a base is that with the staged blocks over it, whichever chunks those are in', async () => {
    await write('snap-1', entries);
    expect(await read('snap-1')).toEqual(entries);
    const cases: StagedEntry[][] = [
      [],
      [block(0, 'two')],
      [block(chunkBlocks, 'two'), [chunkBlocks + 1, null], block(19 * chunkBlocks + 4095, 'two')],
      [[10 * chunkBlocks + 1, null], [10 * chunkBlocks + 4095, null], block(15 * chunkBlocks, 'three')],
      entries.map(([index]) => [index, null]),
    ];
    for (const staged of cases) {
      const over = new Map<number, ManifestEntry>(entries.map(entry => [entry[0], entry]));
      for (const [index, reference] of staged)
        if (reference) over.set(index, [index, reference]);
        else over.delete(index);
      const expected = [...over.values()].sort(([a], [b]) => a - b);
      expect(await write('snap-2', staged, 'snap-1')).toMatchObject({ blockCount: expected.length });
      expect(await read('snap-2')).toEqual(expected);
    }
    const cut = 7 * chunkBlocks + 2;
    await write('snap-3', [block(3), block(cut)], 'snap-1', cut * blockSize);
    expect((await read('snap-3')).map(([index]) => index)).toEqual([
      ...[1, 3, 4095],
      ...entries.map(([index]) => index).filter(index => index > 4095 && index < cut),
    ]);
  });

  test('with a damaged chunk says which, and lists the others', async () => {
    await write('snap-1', entries);
    await flip('snap-1', inChunk(7));
    const manifest = (await files.open('snap-1'))!;
    const message = new RegExp(`${pathOf('snap-1')}, chunk 7: .*checksum`);
    await expect(manifest.at(7 * chunkBlocks + 1)).rejects.toThrow(message);
    await expect(manifest.at(7 * chunkBlocks + 1)).rejects.toThrow(message);
    expect(await manifest.at(6 * chunkBlocks + 1)).toEqual(block(6 * chunkBlocks + 1)[1]);
    expect(await Array.fromAsync(manifest.entries(8 * chunkBlocks))).not.toHaveLength(0);
    await expect(Array.fromAsync(manifest.entries())).rejects.toThrow(message);
    await manifest.close();
    await expect(write('snap-2', [block(0)], 'snap-1')).rejects.toThrow(message);
    expect(await files.list()).toEqual(['snap-1']);
  });

  test('with a damaged directory, or under the name of another, says so', async () => {
    await write('snap-1', entries);
    const { size } = await stat(pathOf('snap-1'));
    await flip('snap-1', size - 100);
    await expect(files.open('snap-1')).rejects.toThrow(`${pathOf('snap-1')}: Manifest does not match`);
    await writeFile(pathOf('snap-1'), 'AMI');
    await expect(files.open('snap-1')).rejects.toThrow(pathOf('snap-1'));
    await writeFile(
      pathOf('snap-2'),
      encodeManifest1({ snapshotId: 'snap-1', volumeSize, blocks: new Map() }),
    );
    await expect(files.open('snap-2')).rejects.toThrow(/that of snap-1/);
  });

  test('of version 1 is read, and built upon', async () => {
    await writeFile(
      pathOf('snap-1'),
      encodeManifest1({ snapshotId: 'snap-1', volumeSize, blocks: new Map(entries) }),
    );
    expect(await read('snap-1')).toEqual(entries);
    await write('snap-2', [block(0, 'two')], 'snap-1');
    expect(await read('snap-2')).toEqual([block(0, 'two'), ...entries]);
  });

  test('keeps as many chunks in memory as it may, the ones used last', async () => {
    await write('snap-1', entries);
    const manifest = (await files.open('snap-1', 2))!;
    const inMemory = (number: number) => !(manifest.chunk(number) instanceof Promise);
    const [one, again] = await Promise.all([manifest.chunk(0), manifest.chunk(0)]);
    expect(one).toBe(again);
    await manifest.chunk(1);
    expect([inMemory(1), inMemory(0)]).toEqual([true, true]);
    await manifest.chunk(2);
    expect([inMemory(0), inMemory(2)]).toEqual([true, true]);
    expect(manifest.chunk(chunks)).not.toBeInstanceOf(Promise);
    await manifest.close();
    await expect(manifest.chunk(5)).rejects.toThrow(/closed/);
  });
});
