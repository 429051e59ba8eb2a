import { spawn } from 'node:child_process';
import { confirm } from '@clack/prompts';
import { inPath } from './in-path.ts';

/** Whether `aws` is there; where it is not, and a person or --yes says so, Debian's package is installed. */
export async function offerAwsCli(yes: boolean): Promise<boolean> {
  if (await inPath('aws')) return true;
  const asRoot = process.getuid?.() === 0 ? [] : (await inPath('sudo')) ? ['sudo'] : undefined;
  if (!asRoot || !(await inPath('apt-get'))) return false;
  if (!yes) {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
    const answer = await confirm({
      message: 'There is no `aws` here. Install Debian’s awscli?',
      output: process.stderr,
    });
    if (answer !== true) return false;
  }
  const [command, ...words] = [...asRoot, 'apt-get', 'install', '-y', '--no-install-recommends', 'awscli'];
  const status = await new Promise<number | null>(done =>
    spawn(command!, words, { stdio: ['inherit', process.stderr, 'inherit'] })
      .on('error', () => done(1))
      .on('close', done),
  );
  if (status !== 0) process.stderr.write('awscli could not be installed; everything else goes on.\n');
  return status === 0;
}
