import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changedExtents } from './changed.ts';
import { bytesOf, type Measured, measure } from './command.ts';
import type { Peer } from './peers.ts';

const script = (name: string) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));

/** The region's block store, written and read by a process that holds it alone, as `amity serve` would. */
export interface Amity extends Peer {
  store(
    image: string,
    name: string,
    base?: { image: string; name: string },
    /** A file of the extents that a dirty bitmap names; without it the whole image is read. */
    changed?: string,
  ): Promise<Measured>;
}

export function amity(folder: string): Amity {
  const store = join(folder, 'blocks');
  return {
    name: 'Amity',
    store(image, name, base, changed) {
      const words = ['--store', store, '--snapshot', name];
      if (base) words.push('--base', base.name);
      if (changed) words.push('--changed', changed);
      return measure([process.execPath, script('store-image'), ...words, image]);
    },
    async restore(name) {
      const file = join(folder, 'restored.raw');
      const words = ['--store', store, '--snapshot', name, file];
      return { ...(await measure([process.execPath, script('restore-image'), ...words])), file };
    },
    stored: () => bytesOf(store),
  };
}

/** The file that tells `store` what a dirty bitmap would. */
export async function dirtyMap(folder: string, before: string, after: string): Promise<string> {
  const file = join(folder, 'changed.json');
  writeFileSync(file, JSON.stringify(await changedExtents(before, after)));
  return file;
}
