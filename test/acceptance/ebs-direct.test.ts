/** Disks through the EBS direct API, as backup tools and `bin/amity snapshot` use it: against a real server, no guests. */
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  CompleteSnapshotCommand,
  type EBSClient,
  GetSnapshotBlockCommand,
  ListChangedBlocksCommand,
  ListSnapshotBlocksCommand,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
  type StartSnapshotRequest,
} from '@aws-sdk/client-ebs';
import { DeleteSnapshotCommand, waitUntilSnapshotCompleted } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, run, startAmity, temporaryFolder } from '../support/amity.ts';
import { endEverything } from '../support/leftovers.ts';

const data = temporaryFolder('direct');
const blockSize = 524_288;
const gibibyte = 2 ** 30;
let amity: Amity;
let ebs: EBSClient;

const start = () => startAmity(data, '--regions', 'us-east-1');
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const inFile = (name: string) => join(data, name);

beforeAll(async () => {
  amity = await start();
  ebs = amity.ebs();
});

afterAll(async () => {
  await amity?.stop();
  await endEverything(data);
  rmSync(data, { recursive: true, force: true });
});

/** Uploads as coldsnap does: all blocks at once, then the checksum over their digests in order. */
async function upload(
  blocks: ReadonlyMap<number, Buffer>,
  request: Partial<StartSnapshotRequest> = {},
  beforeComplete = async () => {},
) {
  const started = await ebs.send(new StartSnapshotCommand({ VolumeSize: 1, Timeout: 60, ...request }));
  const SnapshotId = started.SnapshotId!;
  expect(started.BlockSize).toBe(blockSize);
  await Promise.all(
    Array.from(blocks, ([BlockIndex, BlockData]) =>
      ebs.send(
        new PutSnapshotBlockCommand({
          SnapshotId,
          BlockIndex,
          BlockData,
          DataLength: blockSize,
          Checksum: digestOf(BlockData).toString('base64'),
          ChecksumAlgorithm: 'SHA256',
        }),
      ),
    ),
  );
  await beforeComplete();
  const ordered = [...blocks].sort(([a], [b]) => a - b).map(([, bytes]) => digestOf(bytes));
  await ebs.send(
    new CompleteSnapshotCommand({
      SnapshotId,
      ChangedBlocksCount: blocks.size,
      Checksum: digestOf(Buffer.concat(ordered)).toString('base64'),
      ChecksumAlgorithm: 'SHA256',
      ChecksumAggregationMethod: 'LINEAR',
    }),
  );
  await waitUntilSnapshotCompleted(
    { client: amity.ec2(), maxWaitTime: 30, minDelay: 1 },
    { SnapshotIds: [SnapshotId] },
  );
  return SnapshotId;
}

/** Reads one block and checks it against the headers it came with. */
async function blockOf(SnapshotId: string, BlockIndex: number, BlockToken: string): Promise<Buffer> {
  const got = await ebs.send(new GetSnapshotBlockCommand({ SnapshotId, BlockIndex, BlockToken }));
  const bytes = Buffer.from(await got.BlockData!.transformToByteArray());
  expect(got).toMatchObject({
    DataLength: bytes.length,
    Checksum: digestOf(bytes).toString('base64'),
    ChecksumAlgorithm: 'SHA256',
  });
  return bytes;
}

async function killed() {
  await amity.kill();
  amity = await start();
  ebs = amity.ebs();
}

const random = (indexes: readonly number[]) =>
  new Map(indexes.map(index => [index, randomBytes(blockSize)] as const));

test('a disk is uploaded and read back block by block, in pages, though the server is killed in both', async () => {
  const blocks = random([0, 3, 2047]);
  // 120 more that are alike, for a second page.
  for (let index = 100; index < 220; index++) blocks.set(index, Buffer.alloc(blockSize, 0x55));
  const SnapshotId = await upload(blocks, { Description: 'paged' }, killed);
  const first = await ebs.send(new ListSnapshotBlocksCommand({ SnapshotId, MaxResults: 100 }));
  expect(first).toMatchObject({ VolumeSize: 1, BlockSize: blockSize });
  expect(first.Blocks).toHaveLength(100);

  await killed();

  const second = await ebs.send(
    new ListSnapshotBlocksCommand({ SnapshotId, MaxResults: 100, NextToken: first.NextToken }),
  );
  expect(second.NextToken).toBeUndefined();
  const listed = [...first.Blocks!, ...second.Blocks!];
  expect(listed.map(one => one.BlockIndex)).toEqual([...blocks.keys()].sort((a, b) => a - b));
  for (const { BlockIndex, BlockToken } of listed)
    expect((await blockOf(SnapshotId, BlockIndex!, BlockToken!)).equals(blocks.get(BlockIndex!)!)).toBe(true);
});

test('botocore, which boto3 and the AWS command line share, uploads a disk and reads it back', async () => {
  const aws = async (...words: string[]) => {
    const args = ['--endpoint-url', amity.endpoint, 'ebs', ...words, '--output', 'json'];
    const { stdout } = await run('/usr/bin/aws', args, { env: amity.environment() });
    return JSON.parse(stdout);
  };
  const bytes = randomBytes(blockSize);
  writeFileSync(inFile('block'), bytes);
  const { SnapshotId } = await aws('start-snapshot', '--volume-size', '1');
  const [id, sum] = [['--snapshot-id', SnapshotId], digestOf(bytes).toString('base64')];
  const data = ['--block-data', inFile('block'), '--data-length', String(blockSize)];
  const checked = ['--checksum', sum, '--checksum-algorithm', 'SHA256'];
  expect(await aws('put-snapshot-block', ...id, '--block-index', '7', ...data, ...checked)).toEqual({
    ...{ Checksum: sum, ChecksumAlgorithm: 'SHA256' },
  });
  await aws('complete-snapshot', ...id, '--changed-blocks-count', '1');
  await waitUntilSnapshotCompleted(
    { client: amity.ec2(), maxWaitTime: 30, minDelay: 1 },
    { SnapshotIds: [SnapshotId] },
  );
  const { Blocks } = await aws('list-snapshot-blocks', ...id);
  const [{ BlockIndex, BlockToken }] = Blocks;
  expect([Blocks.length, BlockIndex]).toEqual([1, 7]);
  await aws('get-snapshot-block', ...id, '--block-index', '7', '--block-token', BlockToken, inFile('read'));
  expect(readFileSync(inFile('read')).equals(bytes)).toBe(true);
});

test('what changed between a snapshot and its child is told, and only to who may read both', async () => {
  const before = random([1, 2, 3]);
  const parent = await upload(before);
  const written = new Map([...random([2, 9]), [3, Buffer.alloc(blockSize)] as const]);
  const child = await upload(written, { ParentSnapshotId: parent, VolumeSize: 2 });
  const changes = await ebs.send(
    new ListChangedBlocksCommand({ FirstSnapshotId: parent, SecondSnapshotId: child }),
  );
  expect(changes.VolumeSize).toBe(2);
  const told = changes.ChangedBlocks!;
  expect(told.map(one => [one.BlockIndex, !!one.FirstBlockToken, !!one.SecondBlockToken])).toEqual([
    [2, true, true],
    [3, true, false],
    [9, false, true],
  ]);
  expect((await blockOf(parent, 2, told[0]!.FirstBlockToken!)).equals(before.get(2)!)).toBe(true);
  expect((await blockOf(child, 2, told[0]!.SecondBlockToken!)).equals(written.get(2)!)).toBe(true);

  const answer = await amity.command('snapshot', 'usage', '--data', data, '--region', 'us-east-1', '--json');
  const [usage] = JSON.parse(answer.stdout) as [{ snapshots: { snapshotId: string; ownBytes: number }[] }];
  const owned = new Map(usage.snapshots.map(one => [one.snapshotId, Math.floor(one.ownBytes / blockSize)]));
  // Block 1 is in both; the parent alone has 2 and 3, the child 2 and 9.
  expect([owned.get(parent), owned.get(child)]).toEqual([2, 2]);

  const other = await upload(random([0]));
  await expect(
    ebs.send(new ListChangedBlocksCommand({ FirstSnapshotId: other, SecondSnapshotId: child })),
  ).rejects.toMatchObject({
    name: 'ValidationException',
    Reason: 'UNRELATED_SNAPSHOTS',
    $metadata: { httpStatusCode: 400 },
  });
  const stranger = amity.ebs({ alias: 'amazon' });
  const hidden = { name: 'ResourceNotFoundException', Reason: 'SNAPSHOT_NOT_FOUND' };
  await expect(stranger.send(new ListSnapshotBlocksCommand({ SnapshotId: child }))).rejects.toMatchObject(
    hidden,
  );
  await expect(
    stranger.send(
      new GetSnapshotBlockCommand({
        SnapshotId: child,
        BlockIndex: 2,
        BlockToken: told[0]!.SecondBlockToken,
      }),
    ),
  ).rejects.toMatchObject(hidden);

  await amity.ec2().send(new DeleteSnapshotCommand({ SnapshotId: parent }));
  await expect(ebs.send(new ListSnapshotBlocksCommand({ SnapshotId: parent }))).rejects.toMatchObject(hidden);
  expect((await blockOf(child, 2, told[0]!.SecondBlockToken!)).equals(written.get(2)!)).toBe(true);
});

test('a disk that was imported is exported byte for byte, sparse, and in the formats of qemu-img', async () => {
  const disk = inFile('disk.raw');
  writeFileSync(disk, randomBytes(3 * blockSize + 4711));
  truncateSync(disk, gibibyte);
  const { stdout } = await amity.command('snapshot', 'import', disk, '--force', '--json');
  const { snapshotId } = JSON.parse(stdout);

  const raw = inFile('back.raw');
  const exported = await amity.command('snapshot', 'export', snapshotId, raw, '--json');
  expect(JSON.parse(exported.stdout)).toEqual({
    snapshotId,
    file: raw,
    format: 'raw',
    blocks: 4,
    size: gibibyte,
  });
  await run('cmp', [disk, raw]);
  expect(statSync(raw).blocks * 512).toBeLessThan(16 * blockSize);

  for (const format of ['qcow2', 'vmdk', 'vpc', 'vhdx']) {
    const file = inFile(`back.${format}`);
    await amity.command('snapshot', 'export', snapshotId, file, '--format', format);
    await run('qemu-img', ['compare', '-f', 'raw', '-F', format, disk, file]);
    const info = await run('qemu-img', ['info', '-f', format, '--output=json', file]);
    expect(JSON.parse(info.stdout)['virtual-size']).toBe(gibibyte);
  }
  expect(readdirSync(data).filter(name => name.startsWith('.amity-export'))).toEqual([]);
});

test('an export replaces nothing it was not told to, and leaves nothing when it fails', async () => {
  const snapshotId = await upload(random([0]));
  const file = inFile('precious');
  writeFileSync(file, 'mine');
  const refused = (...words: string[]) => expect(amity.command('snapshot', 'export', ...words)).rejects;
  await refused(snapshotId, file).toMatchObject({ stderr: expect.stringContaining('say --force') });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  await amity.command('snapshot', 'export', snapshotId, file, '--force');
  expect(statSync(file).size).toBe(gibibyte);

  const absent = inFile('absent');
  await refused('snap-00000000', absent).toMatchObject({
    stderr: expect.stringContaining('ResourceNotFoundException'),
  });
  await refused(snapshotId, absent, '--format', 'vdi').toMatchObject({
    stderr: expect.stringContaining('--format takes raw, qcow2, vmdk, vpc, vhdx'),
  });
  await refused(snapshotId, inFile('no/such/disk')).toMatchObject({
    stderr: expect.stringContaining('There is no folder'),
  });
  await refused(snapshotId, data, '--force').toMatchObject({
    stderr: expect.stringContaining('is not a file'),
  });
  expect(existsSync(absent)).toBe(false);
  expect(readdirSync(data).filter(name => name.startsWith('.amity-export'))).toEqual([]);
});
