/** `amity up` on an empty folder, then the demo against it: what a newcomer runs first. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { root, run, temporaryFolder } from '../support/amity.ts';
import { endEverything } from '../support/leftovers.ts';

const data = temporaryFolder('up');
const up = spawn(
  join(root, 'bin/amity'),
  ['up', '--data', data, '--listen', '127.0.0.1:0', '--public-network', '127.89.0.0/16', '--yes'],
  { stdio: ['ignore', 'pipe', 'ignore'] },
);

afterAll(async () => {
  const gone = once(up, 'exit');
  if (up.exitCode === null && up.kill('SIGINT')) await gone;
  expect(await endEverything(data)).toEqual([]);
  rmSync(data, { recursive: true, force: true });
});

test('up says how to talk to the cloud, once its first image is there', async () => {
  const said: string[] = [];
  for await (const line of createInterface({ input: up.stdout })) {
    said.push(line);
    if (line.includes('describe-images')) break;
  }
  const text = said.join('\n');
  const { endpoint, accounts, regions } = JSON.parse(readFileSync(join(data, 'ready.json'), 'utf8'));
  expect(regions).toEqual(['us-east-1', 'eu-west-1']);
  expect(text).toContain(`export AWS_ENDPOINT_URL=${endpoint}`);
  expect(text).toContain(`export AWS_ACCESS_KEY_ID=${accounts[0].accessKeyId}`);
});

test('the demo configures one, saves it, launches four more, and proves each by reading it back', async () => {
  const { stdout } = await run(join(root, 'bin/amity'), ['demo', '--data', data, '--json'], {
    maxBuffer: 2 ** 24,
  });
  const story = JSON.parse(stdout);
  expect(story.instanceIds).toHaveLength(5);
  expect(story.imageId).toMatch(/^ami-/);
}, 600_000);
