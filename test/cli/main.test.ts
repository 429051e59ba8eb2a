import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const amity = fileURLToPath(new URL('../../bin/amity', import.meta.url));
const environment = { PATH: process.env.PATH };

/** Runs the command line as a user does; what it printed and its status. */
async function run(...words: string[]) {
  return promisify(execFile)(amity, words, { env: environment }).then(
    ({ stdout, stderr }) => ({ stdout, stderr, status: 0 }),
    ({ stdout, stderr, code }) => ({ stdout, stderr, status: code as number }),
  );
}

test('every command of the design is there', async () => {
  const { stdout } = await run('--help');
  for (const command of ['serve', 'up', 'account', 'doctor', 'fsck', 'image', 'snapshot', 'ssh', 'demo'])
    expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
});

test('a failure is one sentence on stderr, and a status', async () => {
  const { stdout, stderr, status } = await run('demo', '--data', '/absent');
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  expect(stderr).toMatch(/^amity: There is no \/absent\/ready\.json: .*\n$/);
});

test('a recipe that is not there is refused with those that are', async () => {
  const { stderr, status } = await run('image', 'build', 'windows-3');
  expect(status).toBe(1);
  expect(stderr).toContain('say tiny or debian-12');
});

test('a file that is no disk is refused before a server is asked', async () => {
  const { stderr, status } = await run('snapshot', 'import', amity);
  expect(status).toBe(1);
  expect(stderr).toContain('--force');
});
