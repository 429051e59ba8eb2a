import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/**
 * `amity image build` in a process of its own, so that what building and uploading take in memory does not stay with
 * the server. Its progress goes to standard error.
 * @returns the image's id
 */
export async function buildImageApart(recipe: string, data: string, account: string): Promise<string> {
  const args = ['image', 'build', recipe, '--public', '--json', '--data', data, '--account', account];
  const building = promisify(execFile)(process.execPath, [...process.execArgv, main, ...args]);
  building.child.stderr?.pipe(process.stderr, { end: false });
  const { stdout } = await building;
  return JSON.parse(stdout).imageId;
}
