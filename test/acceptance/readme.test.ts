/** The README's first session, as printed, with the machine's own `aws`. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, root, run, startAmity, temporaryFolder } from '../support/amity.ts';
import { endEverything } from '../support/leftovers.ts';

let amity: Amity;

beforeAll(async () => {
  amity = await startAmity(temporaryFolder('readme'));
  await amity.command('image', 'build', 'tiny', '--public', '--data', amity.data, '--account', 'amazon');
});

afterAll(async () => {
  await amity?.stop();
  expect(await endEverything(amity.data)).toEqual([]);
  rmSync(amity.data, { recursive: true, force: true });
});

/** The blocks of the section "A first session", in order. */
function session(): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const section = /\n## A first session\n([\s\S]*?)\n## /.exec(readme)![1]!;
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(match => match[1]).join('\n');
}

test('runs as printed, and every copy carries the change', async () => {
  // Debian's aws does not read AWS_ENDPOINT_URL: the alias that `npm run up` prints, as a function.
  const script = `set -euo pipefail
aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }
${session().replace('ssh -i', 'ssh -o UserKnownHostsFile=/dev/null -i')}`;
  const file = join(amity.data, 'session.sh');
  writeFileSync(file, script);
  mkdirSync(join(amity.data, 'bin'));
  writeFileSync(join(amity.data, 'bin/amity'), `#!/bin/sh\nexec '${root}bin/amity' "$@"\n`, { mode: 0o755 });
  const environment = { ...amity.environment(), PATH: `/usr/bin:${process.env.PATH}` };
  const { stdout } = await run('bash', [file], {
    cwd: amity.data,
    env: environment,
    maxBuffer: 2 ** 24,
  }).catch(error => {
    throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`);
  });
  expect(stdout).toContain('uid=0(root)');
  expect(stdout.split('\n').filter(line => line === 'configured once')).toHaveLength(4);
}, 900_000);
