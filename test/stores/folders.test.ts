import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../src/stores/folders.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('makes all missing folders for their owner alone, and leaves those that are there', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a/b/c');
  await makeFolder(path);
  await makeFolder(path);
  for (const made of ['a', 'a/b', 'a/b/c'])
    expect((await stat(join(folder.path, made))).mode & 0o777).toBe(0o700);
});
