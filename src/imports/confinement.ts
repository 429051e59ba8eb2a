import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Enough for the tables of any disk up to 64 TiB. */
const memory = 2 * 1024 ** 3;
/** Of the processor. */
const seconds = 4 * 3600;

/**
 * Put before a command that reads hostile bytes: it has no network and gains no privileges, ends with us, and is bounded
 * in memory and processor time. It can write to no file: a file size of nothing leaves sockets and pipes alone.
 */
export async function confinement(): Promise<string[]> {
  return [
    ...(await withoutNetwork()),
    ...['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--no-new-privs'],
    ...['/usr/bin/prlimit', `--as=${memory}`, `--cpu=${seconds}`, '--fsize=0', '--core=0', '--nofile=64'],
  ];
}

/** Where no namespace can be made, the header checks alone keep QEMU from the network. */
async function withoutNetwork(): Promise<readonly string[]> {
  for (const way of [
    ['/usr/bin/unshare', '--net'],
    ['/usr/bin/unshare', '--user', '--net'],
  ]) {
    const [program = '', ...args] = way;
    const works = await run(program, [...args, '/bin/true']).then(
      () => true,
      () => false,
    );
    if (works) return way;
  }
  return [];
}
