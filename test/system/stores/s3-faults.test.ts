/** What the block server makes of an S3 that is slow, answers errors, cuts its answers or answers other bytes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { blockServerCommand } from '../../../src/disks/block-server/command.ts';
import { connectNbd } from '../../../src/disks/nbd/client.ts';
import { blockSize } from '../../../src/domain/manifest.ts';
import type { LocalBlockStore } from '../../../src/stores/blocks/local/local-block-store.ts';
import { openStagedBlockStore } from '../../../src/stores/blocks/staged/staged-block-store.ts';
import { s3Objects } from '../../../src/stores/objects/s3/s3.ts';
import type { S3Location } from '../../../src/stores/objects/s3/settings.ts';
import { eventually } from '../../support/eventually.ts';
import { type Radosgw, startRadosgw } from '../../support/radosgw.ts';
import { type Asked, type Fault, type S3Proxy, startS3Proxy } from '../../support/s3-proxy.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const masterKey = randomBytes(32);
const name = 's3://amity-faults/blocks';
const blocks = 64;
const size = blocks * blockSize;
const disk = randomBytes(size);
/** In a pack of its own. */
const other = randomBytes(blockSize);

let gateway: Radosgw;
let proxy: S3Proxy;
let location: S3Location;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let store: LocalBlockStore;
let server: { process: ChildProcess; said: string } | undefined;

beforeAll(async () => {
  gateway = await startRadosgw();
  proxy = await startS3Proxy(gateway.endpoint);
  const made = await gateway.createBucket('amity-faults');
  location = { ...made, prefix: 'blocks', endpoint: proxy.endpoint };
  folder = await temporaryFolder();
  store = await openStore();
  await save('snap-1', disk);
  await save('snap-2', other);
});
afterEach(async () => {
  proxy.calm();
  await stopServer();
});
afterAll(async () => {
  await store?.close();
  await proxy?.stop();
  await gateway?.stop();
  await folder?.remove();
});

const openStore = () =>
  openStagedBlockStore({
    ...{ folder: join(folder.path, 'blocks'), masterKey, name, target: 8 * 1024 * 1024 },
    objects: s3Objects({ location, credentials: gateway.credentials }),
  });

async function save(snapshotId: string, bytes: Buffer): Promise<void> {
  const session = await store.openSession(`for-${snapshotId}`, 'a domain');
  for (let at = 0; at < bytes.length; at += blockSize)
    await session.put(at / blockSize, bytes.subarray(at, at + blockSize));
  await session.commit({ snapshotId, volumeSize: size });
}

const socketPath = () => join(folder.path, 'nbd');

/** One that has nothing in memory. */
async function startServer(): Promise<void> {
  const { argv, stdin } = blockServerCommand({
    ...{ blocksFolder: join(folder.path, 'blocks'), socketPath: socketPath(), masterKey },
    bucket: { location, credentials: gateway.credentials, name },
  });
  const process = spawn(argv[0]!, argv.slice(1), { stdio: ['pipe', 'ignore', 'pipe'] });
  const started = { process, said: '' };
  process.stderr!.on('data', text => {
    started.said += text;
  });
  process.stdin!.end(stdin);
  server = started;
  await (await connected('snap-1')).close();
}
async function stopServer(): Promise<void> {
  if (!server) return;
  const exited = once(server.process, 'exit');
  server.process.kill('SIGKILL');
  await exited;
  server = undefined;
}
const connected = (exportName: string) =>
  eventually('the block server answers', () => connectNbd({ socketPath: socketPath(), exportName }), 10_000);

const inPack = ({ method, path }: Asked) => method === 'GET' && path.includes('/packs/');
/** The pack of the second snapshot's block. */
async function otherPack(): Promise<string> {
  await startServer();
  proxy.calm();
  const client = await connected('snap-2');
  await client.read(0, blockSize);
  await client.close();
  await stopServer();
  const { path } = proxy.asked.find(inPack)!;
  proxy.calm();
  return path;
}

const passing: [what: string, fault: Fault, times: number][] = [
  ['answers late', { lateMs: 1_500 }, 1_000],
  ['answers 500 three times', 'error', 3],
  ['cuts its answers twice', 'cut', 2],
  ['answers other bytes once', 'garbled', 1],
  ['does not answer once', 'silent', 1],
];
test.each(passing)('where S3 %s, what is read is right', async (_, fault, times) => {
  await startServer();
  let dealt = 0;
  proxy.spoil = asked => {
    if (!inPack(asked) || asked.before >= times) return undefined;
    dealt++;
    return fault;
  };
  const client = await connected('snap-1');
  const expected = disk.subarray(3 * blockSize, 7 * blockSize);
  expect((await client.read(3 * blockSize, 4 * blockSize)).equals(expected)).toBe(true);
  expect(dealt).toBeGreaterThan(0);
  await client.close();
});

const lasting: [what: string, fault: Fault, said: RegExp][] = [
  [
    'always 500',
    'error',
    /GET packs\/\d+\.pack in s3:\/\/amity-faults\/blocks at \S+ failed after 10 attempts: 500/,
  ],
  [
    'always cut',
    'cut',
    /GET packs\/\d+\.pack in s3:\/\/amity-faults\/blocks at \S+ failed after 10 attempts: /,
  ],
  [
    'always other bytes',
    'garbled',
    /is corrupt \(s3:\/\/amity-faults\/blocks\/packs\/\d+\.pack at byte \d+\)/,
  ],
];
test.each(lasting)(
  'where a pack is %s, its reader gets an I/O error, others their bytes',
  async (_, fault, said) => {
    const pack = await otherPack();
    await startServer();
    proxy.spoil = asked => (asked.path === pack ? fault : undefined);
    const [client, neighbour] = await Promise.all([connected('snap-2'), connected('snap-1')]);
    let settled = false;
    const broken = client.read(0, 4096).then(
      () => 'read',
      (error: Error) => error.message,
    );
    void broken.finally(() => {
      settled = true;
    });
    for (let index = 0; index < 8; index++)
      expect(
        (await neighbour.read(index * blockSize, blockSize)).equals(
          disk.subarray(index * blockSize, (index + 1) * blockSize),
        ),
      ).toBe(true);
    // Others were served while it was still being tried, not after; bytes that are wrong are soon told.
    if (fault !== 'garbled') expect(settled).toBe(false);
    expect(await broken).toContain('EIO');
    await eventually('it is told', async () => said.test(server!.said), 5_000);
    expect(server!.said).toContain('Block 0 of snap-2 cannot be read');
    proxy.calm();
    expect((await client.read(0, blockSize)).equals(other)).toBe(true);
    await client.close();
    await neighbour.close();
  },
);

test('a cold disk is fetched with up to 32 requests at once, each piece once however many want it', async () => {
  await startServer();
  proxy.calm();
  proxy.spoil = asked => (inPack(asked) ? { lateMs: 300 } : undefined);
  const clients = await Promise.all(Array.from({ length: 4 }, () => connected('snap-1')));
  const step = 4 * blockSize;
  const all = await Promise.all(
    clients.map(async client => {
      const parts = [];
      for (let at = 0; at < size; at += step) parts.push(client.read(at, step));
      return Buffer.concat(await Promise.all(parts));
    }),
  );
  for (const bytes of all) expect(bytes.equals(disk)).toBe(true);
  expect(proxy.busiest).toBeLessThanOrEqual(32);
  expect(proxy.busiest).toBeGreaterThan(8);
  const fetched = proxy.asked.filter(inPack).reduce((sum, { range }) => {
    const [start, end] = range!.slice('bytes='.length).split('-').map(Number);
    return sum + end! - start! + 1;
  }, 0);
  expect(fetched).toBeLessThan(1.1 * size);
  for (const client of clients) await client.close();
});

test('a store commits through an S3 that spoils the first attempt of everything', async () => {
  const faults: Fault[] = ['error', 'cut', { lateMs: 200 }];
  proxy.spoil = ({ before, method }) =>
    before > 0 || method === 'HEAD' ? undefined : faults[proxy.asked.length % 3];
  const written = randomBytes(20 * blockSize);
  await save('snap-3', written);
  proxy.calm();
  await startServer();
  const client = await connected('snap-3');
  expect((await client.read(0, written.length)).equals(written)).toBe(true);
  await client.close();
});
