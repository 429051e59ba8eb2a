import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folder for a data folder's sockets: short, since a socket's path ends at 108 bytes (unix(7)), the same at every
 * start, and ours alone.
 * @throws when somebody else has made it.
 */
export function makeRuntimeFolder(parent: string, data: string): string {
  const name = createHash('sha256').update(data).digest('hex').slice(0, 8);
  const folder = join(parent, `amity-${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0)
    throw new Error(`${folder} belongs to somebody else or is open to others: remove it and start again.`);
  return folder;
}
