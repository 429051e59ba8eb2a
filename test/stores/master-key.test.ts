import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOrCreateMasterKey } from '../../src/stores/master-key.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the master key', () => {
  it('is made once, 32 bytes for its owner alone, and read from then on', async () => {
    await using folder = await temporaryFolder();
    const made = await readOrCreateMasterKey(folder.path);
    expect(made).toHaveLength(32);
    expect((await stat(join(folder.path, 'master.key'))).mode & 0o777).toBe(0o600);
    expect(await readOrCreateMasterKey(folder.path)).toEqual(made);
    expect(await readdir(folder.path)).toEqual(['master.key']);
  });

  it('is one, also when many make it at once', async () => {
    await using folder = await temporaryFolder();
    const made = await Promise.all(Array.from({ length: 8 }, () => readOrCreateMasterKey(folder.path)));
    expect(new Set(made.map(key => key.toString('hex'))).size).toBe(1);
    expect(await readdir(folder.path)).toEqual(['master.key']);
  });

  it.each([0, 31, 33])('of %i bytes is refused and left alone', async size => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'master.key');
    await writeFile(file, Buffer.alloc(size), { mode: 0o600 });
    await expect(readOrCreateMasterKey(folder.path)).rejects.toThrow(
      `has ${size} bytes instead of 32: restore it from a backup`,
    );
    expect((await stat(file)).size).toBe(size);
  });

  it.each([0o640, 0o604, 0o620])('with mode %o is refused, with the command that helps', async mode => {
    await using folder = await temporaryFolder();
    await readOrCreateMasterKey(folder.path);
    const file = join(folder.path, 'master.key');
    await chmod(file, mode);
    await expect(readOrCreateMasterKey(folder.path)).rejects.toThrow(`chmod 600 '${file}'`);
  });

  it('that cannot be made says so', async () => {
    await expect(readOrCreateMasterKey('/proc')).rejects.toThrow(/\/proc\/master\.key cannot be made/);
  });
});
