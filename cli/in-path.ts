import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The full path of a program, also of those in /usr/sbin, which a user's PATH often lacks. */
export async function inPath(tool: string, path = process.env.PATH ?? ''): Promise<string | undefined> {
  for (const folder of [...path.split(delimiter).filter(Boolean), '/usr/sbin', '/sbin']) {
    const candidate = join(folder, tool);
    const usable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return candidate;
  }
  return undefined;
}
