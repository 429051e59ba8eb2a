import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changedExtents } from './changed.ts';
import { bytesOf, type Measured, measure } from './command.ts';
import type { Peer } from './peers.ts';

/** Where bin/amity has Node keep what it compiled, too. */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/amity', import.meta.url));

/**
 * Runs a script that prints what it measured itself: seconds and processor time from when the store is open and its threads run,
 * as in a server that has been up for long. Its peak of memory is that of the whole process.
 */
async function run(name: string, ...words: string[]): Promise<Measured> {
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const { stdout, peakMiB } = await measure([process.execPath, script, ...words], {
    env: { NODE_COMPILE_CACHE: compiled },
  });
  const { seconds, cpuSeconds } = JSON.parse(stdout) as Measured;
  return { seconds, cpuSeconds, peakMiB };
}

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
      return run('store-image', ...words, image);
    },
    async restore(name) {
      const file = join(folder, 'restored.raw');
      return { ...(await run('restore-image', '--store', store, '--snapshot', name, file)), file };
    },
    stored: () => bytesOf(store),
  };
}

/** Lets Node keep what it compiles of our programs, as it does when they have run once. */
export async function compileOnce(folder: string): Promise<void> {
  const own = mkdtempSync(join(folder, 'first-'));
  const image = join(own, 'small.raw');
  writeFileSync(image, randomBytes(1024 * 1024));
  const store = amity(own);
  await store.store(image, 'small');
  await store.restore('small');
  rmSync(own, { recursive: true });
}

/** The file that tells `store` what a dirty bitmap would. */
export async function dirtyMap(folder: string, before: string, after: string): Promise<string> {
  const file = join(folder, 'changed.json');
  writeFileSync(file, JSON.stringify(await changedExtents(before, after)));
  return file;
}
