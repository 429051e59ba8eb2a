import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataFolder } from '../../src/stores/data-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const holder = join(import.meta.dirname, '../support/hold-data-folder.ts');
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('the data folder', () => {
  it('is made for its owner alone', async () => {
    await using folder = await temporaryFolder();
    const data = await openDataFolder(join(folder.path, 'new/data'));
    expect(await modeOf(data.path)).toBe(0o700);
    expect(await readdir(data.path)).toEqual(['lock']);
    data.release();
  });

  it('is refused to a second server until the first lets go of it', async () => {
    await using folder = await temporaryFolder();
    const first = await openDataFolder(folder.path);
    await expect(openDataFolder(folder.path)).rejects.toThrow(
      `Another Amity server is using the data folder ${folder.path}: stop it first`,
    );
    first.release();
    (await openDataFolder(folder.path)).release();
  });

  it('held by another process is free the moment that is killed', async () => {
    await using folder = await temporaryFolder();
    const child = spawn(process.execPath, [holder, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await expect(openDataFolder(folder.path)).rejects.toThrow('Another Amity server');
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    (await openDataFolder(folder.path)).release();
  });

  it('is closed to others when it is empty or ours', async () => {
    await using folder = await temporaryFolder();
    for (let time = 0; time < 2; time++) {
      await chmod(folder.path, 0o755);
      (await openDataFolder(folder.path)).release();
      expect(await modeOf(folder.path)).toBe(0o700);
    }
  });

  it('is refused and left alone when it is open to others and holds their files', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'thesis.txt'), '');
    await chmod(folder.path, 0o755);
    await expect(openDataFolder(folder.path)).rejects.toThrow(/holds other files and is open to others/);
    expect(await modeOf(folder.path)).toBe(0o755);
    expect(await readdir(folder.path)).toEqual(['thesis.txt']);
  });

  it('that is a file is refused', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'file');
    await writeFile(file, '');
    await expect(openDataFolder(file)).rejects.toThrow(`${file} is not a folder: choose another`);
    await expect(openDataFolder(join(file, 'data'))).rejects.toThrow('is not a folder: choose another');
  });

  it('whose lock is something else is refused', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'data'), { mode: 0o700 });
    await writeFile(join(folder.path, 'data/lock'), 'a letter to grandmother '.repeat(100));
    await expect(openDataFolder(join(folder.path, 'data'))).rejects.toThrow('is not a lock of Amity');
  });
});
