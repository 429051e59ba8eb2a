import { execFile } from 'node:child_process';
import { chmod, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Unpacks a package of this Debian into an empty folder, without installing it: what is meant for guests would set this very machine up. */
export async function unpackPackage(name: string, folder: string): Promise<void> {
  await chmod(folder, 0o755);
  await run('apt-get', ['download', '-q', name], { cwd: folder });
  const [file] = await readdir(folder);
  await run('dpkg-deb', ['-x', file!, '.'], { cwd: folder });
}
