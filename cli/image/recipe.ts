import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Refusal } from '../errors.ts';
import type { Progress } from '../progress.ts';

/** A folder whose `build FILE CACHE` writes a raw disk, for the machine that ARCHITECTURE and BOOT_MODE name. */
export interface Recipe {
  name: string;
  build: string;
}

/** What an image is for; what is not said is the recipe's default, an x86_64 machine with a BIOS. */
export interface Machine {
  architecture?: 'x86_64' | 'i386' | 'arm64';
  bootMode?: 'legacy-bios' | 'uefi' | 'uefi-preferred';
}

/** One of ours by its name, or a folder of the user's by its path. */
export async function findRecipe(nameOrPath: string): Promise<Recipe> {
  const ours = fileURLToPath(new URL('../../images/', import.meta.url));
  const isName = /^[a-z0-9-]+$/.test(nameOrPath);
  for (const folder of [...(isName ? [join(ours, nameOrPath)] : []), resolve(nameOrPath)]) {
    const build = join(folder, 'build');
    const found = await access(build, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return { name: basename(folder), build };
  }
  throw new Refusal(
    `There is no recipe ${nameOrPath}: say tiny or debian-12, or the path of a folder with an executable \`build\`.`,
  );
}

/** Packages are kept here between builds. */
const packageCache = (environment = process.env) =>
  join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'amity');

/** Runs the recipe; its lines are the steps. Ctrl-C reaches it through the terminal, as it does this program. */
export async function runRecipe(
  recipe: Recipe,
  { architecture, bootMode }: Machine,
  file: string,
  progress: Progress,
): Promise<void> {
  const child = spawn(recipe.build, [file, packageCache()], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...(architecture && { ARCHITECTURE: architecture }),
      ...(bootMode && { BOOT_MODE: bootMode }),
    },
  });
  createInterface({ input: child.stdout }).on('line', line => {
    if (line && line !== file) progress.step(line);
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const status = await new Promise<number | null>((done, failed) =>
    child.on('error', failed).on('close', done),
  );
  if (status === 0) return;
  const last = complaints.trim().split('\n').at(-1);
  throw new Refusal(last || `The recipe ${recipe.name} failed with status ${status}.`);
}
