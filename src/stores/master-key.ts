import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './folders.ts';

const size = 32;

/** The master key cannot be used; the message is for the operator and names the remedy. */
export class MasterKeyUnusable extends Error {
  override name = 'MasterKeyUnusable';
}

/**
 * Reads `master.key` in the data folder, or makes it: 32 random bytes under which all other keys and secrets are
 * encrypted. Whoever loses it loses the data; whoever else reads it has the data.
 * @throws MasterKeyUnusable when the file has another size or can be read by others than its owner.
 */
export async function readOrCreateMasterKey(dataFolder: string): Promise<Buffer> {
  const file = join(dataFolder, 'master.key');
  return (await read(file)) ?? (await create(dataFolder, file));
}

async function read(file: string): Promise<Buffer | undefined> {
  try {
    const { mode } = await stat(file);
    if (mode & 0o077)
      throw new MasterKeyUnusable(`${file} can be read by others than its owner: chmod 600 '${file}'.`);
    const key = await readFile(file);
    if (key.length !== size)
      throw new MasterKeyUnusable(
        `${file} has ${key.length} bytes instead of ${size}: restore it from a backup, since what was stored with it cannot be read without.`,
      );
    return key;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof MasterKeyUnusable) throw error;
    if ('code' in error && error.code === 'ENOENT') return undefined;
    throw new MasterKeyUnusable(`${file} cannot be read: give this user read permission to it.`, {
      cause: error,
    });
  }
}

/** Written and synced under another name first, so that a crash leaves a whole key or none. */
async function create(dataFolder: string, file: string): Promise<Buffer> {
  const key = randomBytes(size);
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await writeSynced(draft, key);
    // Unlike a rename this fails when another process was first.
    await link(draft, file);
  } catch (error) {
    const other = await read(file);
    if (other) return other;
    throw new MasterKeyUnusable(
      `${file} cannot be made: check that the disk has space and this user may write there.`,
      { cause: error },
    );
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(dataFolder);
  return key;
}

async function writeSynced(file: string, bytes: Buffer): Promise<void> {
  await using handle = await open(file, 'wx', 0o600);
  await handle.writeFile(bytes);
  await handle.sync();
}
