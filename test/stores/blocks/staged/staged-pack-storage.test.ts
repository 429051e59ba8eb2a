import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStagedPackStorage } from '../../../../src/stores/blocks/staged/staged-pack-storage.ts';
import { localObjects } from '../../../../src/stores/objects/local.ts';
import { memoryObjects } from '../../../../src/stores/objects/memory.ts';
import type { ObjectStore } from '../../../../src/stores/objects/object-store.ts';
import { packStorageContract } from '../../../contract/pack-storage.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('packs in a bucket, staged in a folder', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let staging: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    staging = join(folder.path, 'staging');
  });
  afterEach(() => folder.remove());

  const open = (objects: ObjectStore) =>
    openStagedPackStorage({ objects, name: 's3://bucket', folder: staging });
  packStorageContract(async () => open(await localObjects(join(folder.path, 'bucket'))));

  /** A bucket that takes nothing while `down`. */
  const failing = () => {
    const objects = memoryObjects();
    const state = { down: true };
    const put: ObjectStore['put'] = async (...words) => {
      if (state.down) throw new Error('the bucket is down');
      return objects.put(...words);
    };
    return { state, objects: { ...objects, put, close: async () => {} } };
  };
  const sealOne = async (packs: Awaited<ReturnType<typeof open>>) => {
    const file = await packs.create(1);
    await file.write(Buffer.from('content'), 0);
    await file.seal();
  };

  test('a sealed pack stays on this machine until the bucket has it', async () => {
    const { objects, state } = failing();
    const packs = await open(objects);
    await sealOne(packs);
    await expect(packs.settle()).rejects.toThrow('the bucket is down');
    expect((await packs.read(1, 0, 7)).toString()).toBe('content');
    expect(await readdir(staging)).toEqual(['00000001.sealed']);
    state.down = false;
    await packs.settle();
    expect(await readdir(staging)).toEqual([]);
    expect((await packs.read(1, 0, 7)).toString()).toBe('content');
    expect((await objects.get('packs/00000001.pack')).toString()).toBe('content');
  });

  test('what a crash left sealed goes up when the place is opened again', async () => {
    const { objects, state } = failing();
    await sealOne(await open(objects));
    state.down = false;
    const packs = await open(objects);
    await packs.settle();
    expect((await objects.get('packs/00000001.pack')).toString()).toBe('content');
    expect(await readdir(staging)).toEqual([]);
  });

  test('a pack of another server in the same bucket is never written over', async () => {
    const { objects, state } = failing();
    const packs = await open(objects);
    await sealOne(packs);
    state.down = false;
    await objects.put('packs/00000001.pack', Buffer.from('of another'));
    await expect(packs.settle()).rejects.toThrow('other bytes');
    expect((await objects.get('packs/00000001.pack')).toString()).toBe('of another');
  });

  test('a pack that was reopened in the bucket and not sealed again keeps its bytes over a crash', async () => {
    const { objects, state } = failing();
    state.down = false;
    const packs = await open(objects);
    await sealOne(packs);
    await packs.settle();
    const file = await packs.reopen(1, 4);
    await file.write(Buffer.from('!'), 4);
    await file.abandon();
    const again = await open(objects);
    expect((await again.read(1, 0, 5)).toString()).toBe('cont!');
    await again.settle();
    expect((await objects.get('packs/00000001.pack')).toString()).toBe('content');
    await (await again.reopen(1, 4)).seal();
    await again.settle();
    expect((await objects.get('packs/00000001.pack')).toString()).toBe('cont');
  });

  test('a sealed pack that is being changed does not go up half changed', async () => {
    const { objects, state } = failing();
    const packs = await open(objects);
    await sealOne(packs);
    await expect(packs.settle()).rejects.toThrow('down');
    state.down = false;
    const file = await packs.reopen(1, 3);
    await packs.settle();
    expect(await objects.head('packs/00000001.pack')).toBeUndefined();
    await file.seal();
    await packs.settle();
    expect((await objects.get('packs/00000001.pack')).toString()).toBe('con');
  });
});
