import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localObjects } from '../../../src/stores/objects/local.ts';
import { objectStoreContract } from '../../contract/object-store.ts';
import { allOf } from '../../support/all-of.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('objects in a folder', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  objectStoreContract(() => localObjects(join(folder.path, 'objects')));

  test('objects are there when the folder is opened again, half-written ones are not', async () => {
    const before = await localObjects(folder.path);
    await before.put('keys/a', Buffer.from('kept'));
    await writeFile(join(folder.path, '.tmp-1234'), 'half');
    const after = await localObjects(folder.path);
    expect(await allOf(after.list(''))).toEqual([{ key: 'keys/a', size: 4 }]);
    expect(await readdir(folder.path)).toEqual(['keys']);
  });

  test('a put that fails leaves nothing behind', async () => {
    const store = await localObjects(folder.path);
    await mkdir(join(folder.path, 'taken'));
    await expect(store.put('taken', Buffer.from('x'))).rejects.toThrow('EISDIR');
    expect(await readdir(folder.path)).toEqual(['taken']);
  });
});
