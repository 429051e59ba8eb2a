import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TinyGuest, tinyGuest } from '../support/tiny-guest.ts';

const run = promisify(execFile);
const programs = {
  twoGuests: new URL('../support/two-guests.ts', import.meta.url),
  nicGuests: new URL('../support/nic-guests.ts', import.meta.url),
};
const nobody = 65534;
const asNobody = [
  ...['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--no-new-privs'],
];

/** Only root can make the host these tests run on. */
const testAsRoot = test.skipIf(process.getuid?.() !== 0);

let folder: string;
let guest: TinyGuest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'amity-'));
  // Nobody must be able to read the kernel.
  await chmod(folder, 0o755);
  guest = await tinyGuest(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * A host of its own for the program: a network namespace with a neighbour that answers on a public and a private address,
 * and a /dev/net/tun that everyone may open, as udev makes it.
 */
const host = `
ip link set lo up; ip addr add 203.0.113.5/32 dev lo
unshare -n sh -c 'read line; busybox nc -ll -p 80 -e echo from-outside & cat > /dev/null; kill $!' < "$1/fifo" & exec 9> "$1/fifo"
neighbour=$!
until [ "$(readlink /proc/$neighbour/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
ip link add out type veth peer name in netns $neighbour
ip addr add 198.51.100.2/24 dev out; ip link set out up; ip route add 10.9.9.9 via 198.51.100.1
nsenter -n -t $neighbour sh -c 'ip addr add 198.51.100.1/24 dev in; ip addr add 10.9.9.9/32 dev in; ip link set in up'
echo go >&9
mknod "$1/tun" c 10 200 && chmod 0666 "$1/tun" && mount --bind "$1/tun" /dev/net/tun
shift; "$@"; status=$?
exec 9>&-; wait $neighbour; exit $status`;

/** Runs a program with guests and answers what they saw; `prefix` says as whom. */
async function runGuests(program: URL, workFolder: string, publicAddress: string, prefix: readonly string[]) {
  const stage = await mkdtemp(join(folder, 'host-'));
  await run('mkfifo', [join(stage, 'fifo')]);
  const [command = '', ...args] = [
    ...['/usr/bin/unshare', '-nm', '/bin/sh', '-c', host, 'sh', stage],
    ...prefix,
    process.execPath,
    fileURLToPath(program),
    workFolder,
    guest.kernel,
    guest.initrd,
    publicAddress,
  ];
  const { stdout } = await run(command, args, { timeout: 400_000, maxBuffer: 1e7 });
  const [outcome, end] = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  return { outcome, end };
}

function expectedOutcome(mode: string, sshPort: number) {
  const forbidden = 17;
  return {
    mode,
    lease: '172.31.20.1/20 router 172.31.16.1 dns 172.31.0.2 hostname ip-172-31-20-1 domain ec2.internal',
    guest: {
      metadata: '172.31.20.1',
      'without-token': 'HTTP/1.1 401 Unauthorized',
      allowed: 'answer-7777',
      'refused-by-group': '',
      outside: 'from-outside',
      'ping-router': '1',
      name: '172.31.20.2',
      'name-of-address': 'name = ip-172-31-20-2.ec2.internal',
      'forged-ping': '0',
      reached: `${forbidden} tried,`,
      'forged-mac': '0',
      'neighbour-during-flood': '172.31.20.2',
      'loopback-leaves': 'dev eth0',
      lease: expect.anything(),
    },
    forbidden,
    hostAddresses: 2,
    reachedHost: 0,
    hops: [expect.any(Number), 0, 0, expect.any(Number)],
    sshPort,
    whileClaimed: 'guest-two',
    neighbours: ['172.31.20.1'],
    publicAnswer: 'guest-two',
    closedPort: '',
    reachable: true,
    reachableWithoutService: true,
    afterHolderDied: [true, 'guest-two'],
    afterSlirpDied: 'guest-two',
    afterRevoke: 'ECONNREFUSED',
    listed: [expect.stringMatching(/^vpc-0123456789/), 'vpc-0fedcba9876543210'],
    reports: expect.anything(),
  };
}

testAsRoot(
  'as root, two guests get addresses, names and metadata, and reach what their groups allow and nothing of the host',
  async () => {
    const work = join(folder, 'root');
    await mkdir(work);
    const { outcome, end } = await runGuests(programs.twoGuests, work, '127.77.9.5', []);
    expect(outcome).toEqual(expectedOutcome('rootful', outcome.sshPort));
    expect(outcome.hops[0]).toBeGreaterThan(0);
    expect(outcome.hops[3]).toBeGreaterThan(1);
    expect([22, 10022]).toContain(outcome.sshPort);
    expect(end).toEqual({ left: [] });
    expect((await readdir('/run')).filter(name => name.startsWith(`amity-dns-${outcome.listed[0]}`))).toEqual(
      [],
    );
    expect(await readdir(join(work, 'networks'))).toEqual([]);
  },
);

testAsRoot('as nobody the same, in a user namespace', async () => {
  const work = join(folder, 'nobody');
  await mkdir(work);
  await chown(work, nobody, nobody);
  const { outcome, end } = await runGuests(programs.twoGuests, work, '127.77.9.6', asNobody);
  expect(outcome).toEqual(expectedOutcome('rootless', 10022));
  expect(end).toEqual({ left: [] });
  expect(await readdir(join(work, 'networks'))).toEqual([]);
});

const expectedOfNics = {
  seenByTwo: {
    second: '02:00:00:00:00:03',
    lease: expect.stringContaining('172.31.40.3/20 router 172.31.32.1'),
    'default-route': 'default via 172.31.16.1 dev eth0',
    'metadata-by-second': '172.31.20.2',
    'metadata-after': '172.31.20.2',
  },
  // Answers by the other interface are dropped, as on AWS, until the guest routes by source.
  asymmetric: '',
  symmetric: 'answer',
  unplugged: true,
  seenByOne: {
    lease: expect.anything(),
    outside: '',
    behind: '',
    name: '172.31.20.2',
    metadata: '172.31.20.1',
  },
  borrowed: [true, true, 0],
  translated: true,
  closed: 'ECONNREFUSED',
  open: 'inner',
};

testAsRoot.each([
  ['root', 0, '127.77.9.7', []],
  ['nobody', nobody, '127.77.9.8', asNobody],
])(
  'as %s, a guest sees a second interface come and go, routes for its VPC and translates for it, and a subnet is opened to the internet',
  async (name, uid, publicAddress, prefix) => {
    const work = join(folder, `nics-of-${name}`);
    await mkdir(work);
    await chown(work, uid, uid);
    const { outcome, end } = await runGuests(programs.nicGuests, work, publicAddress, prefix);
    expect(outcome).toEqual(expectedOfNics);
    expect(end).toEqual({ left: [] });
  },
);
