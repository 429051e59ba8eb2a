import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Enough for the tables of any disk up to 64 TiB. */
const memory = 2 * 1024 ** 3;
/** Of the processor. */
const seconds = 4 * 3600;

/** Ways into a namespace without a network: root's, which keeps root's capabilities unless dropped, and anyone's. */
const ways = [
  { unshare: ['/usr/bin/unshare', '--net'], setpriv: ['--bounding-set=-all', '--inh-caps=-all'] },
  { unshare: ['/usr/bin/unshare', '--user', '--net'], setpriv: [] },
] as const;
/** Where no namespace can be made, the header checks alone keep QEMU from the network. */
const noWay = { unshare: [], setpriv: [] } as const;

/**
 * Put before a command that reads hostile bytes: it has no network, gains no privileges, ends with us, and is bounded
 * in memory and processor time. It can write to no file: a file size of nothing leaves sockets and pipes alone.
 */
export async function confinement(): Promise<string[]> {
  const { unshare, setpriv } = await wayOut();
  return [
    ...unshare,
    ...['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--no-new-privs', ...setpriv],
    ...['/usr/bin/prlimit', `--as=${memory}`, `--cpu=${seconds}`, '--fsize=0', '--core=0', '--nofile=64'],
  ];
}

async function wayOut(): Promise<(typeof ways)[number] | typeof noWay> {
  for (const way of ways) {
    const [program, ...args] = way.unshare;
    const works = await run(program, [...args, '/bin/true']).then(
      () => true,
      () => false,
    );
    if (works) return way;
  }
  return noWay;
}
