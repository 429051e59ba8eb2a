/** ImportSnapshot against a real server: disks that qemu-img made, served from loopback, and files that are refused. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type EBSClient, GetSnapshotBlockCommand, ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs';
import {
  CancelImportTaskCommand,
  DescribeImportSnapshotTasksCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
  ImportSnapshotCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, run, startAmity, temporaryFolder } from '../support/amity.ts';
import { serveFiles } from '../support/file-server.ts';
import { endEverything, processesOf } from '../support/leftovers.ts';

const data = temporaryFolder('import');
const disks = join(data, 'disks');
const size = 100 * 1024 ** 2;
/** Where the disk holds something. */
const written = new Map([0, 12_345_678, 50_000_000, size - 512].map(offset => [offset, randomBytes(512)]));
let amity: Amity;
let ec2: EC2Client;
let ebs: EBSClient;
let server: Awaited<ReturnType<typeof serveFiles>>;
const inFolder = (name: string) => join(disks, name);
const qemuImg = (...args: string[]) => run('qemu-img', args, { cwd: disks });

beforeAll(async () => {
  mkdirSync(disks);
  await makeDisks();
  server = await serveFiles(disks, {
    '/elsewhere': (_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
    '/cut': (_request, response) => {
      response.writeHead(200, { 'content-length': size });
      response.write(Buffer.alloc(1000), () => response.destroy());
    },
    '/endless': (_request, response) => {
      response.writeHead(200, { 'content-length': size });
      response.write(Buffer.alloc(1000));
    },
  });
  await start();
});
afterAll(async () => {
  await amity?.stop();
  await server?.close();
  await endEverything(data);
  rmSync(data, { recursive: true, force: true });
});

async function start() {
  amity = await startAmity(data, '--regions', 'us-east-1', '--import-allow', '127.0.0.1');
  ec2 = amity.ec2();
  ebs = amity.ebs();
}

async function makeDisks() {
  const raw = await open(inFolder('disk.raw'), 'w');
  for (const [offset, bytes] of written) await raw.write(bytes, 0, bytes.length, offset);
  await raw.close();
  for (const format of ['qcow2', 'vmdk', 'vhdx'])
    await qemuImg('convert', '-f', 'raw', '-O', format, 'disk.raw', `disk.${format}`);
  await qemuImg('convert', '-f', 'raw', '-O', 'vpc', '-o', 'force_size=on', 'disk.raw', 'disk.vhd');
  await qemuImg(
    'convert',
    '-f',
    'raw',
    '-O',
    'vmdk',
    '-o',
    'subformat=streamOptimized',
    'disk.raw',
    'a-disk1.vmdk',
  );
  await qemuImg('convert', '-f', 'raw', '-O', 'qcow2', '-c', 'disk.raw', 'packed.qcow2');
  writeFileSync(inFolder('a.ovf'), '<Envelope/>');
  await run('tar', ['cf', 'disk.ova', '--format=ustar', 'a.ovf', 'a-disk1.vmdk'], { cwd: disks });
  await qemuImg('create', '-f', 'qcow2', '-F', 'raw', '-b', 'disk.raw', 'backed.qcow2');
  await qemuImg('create', '-f', 'qcow2', 'huge.qcow2', '100T');
  writeFileSync(inFolder('broken.qcow2'), 'QFI\xfb', 'latin1');
  truncateSync(inFolder('broken.qcow2'), 65_536);
}

async function asked(Format: string, file: string): Promise<string> {
  const Url = /^http/.test(file) ? file : `${server.origin}/${file}`;
  return (await ec2.send(new ImportSnapshotCommand({ DiskContainer: { Format, Url } }))).ImportTaskId!;
}
async function detailOf(id: string) {
  const answer = await ec2.send(new DescribeImportSnapshotTasksCommand({ ImportTaskIds: [id] }));
  return answer.ImportSnapshotTasks![0]!.SnapshotTaskDetail!;
}
async function ended(id: string) {
  for (;;) {
    const detail = await detailOf(id);
    if (detail.Status === 'completed' || detail.Status === 'deleted') return detail;
    await delay(100);
  }
}

/** Fails unless the snapshot holds the disk's bytes, and nothing else. */
async function expectDisk(SnapshotId: string) {
  const { Blocks, BlockSize } = await ebs.send(new ListSnapshotBlocksCommand({ SnapshotId }));
  const expected = new Map<number, Buffer>();
  for (const [offset, bytes] of written) {
    const index = Math.floor(offset / BlockSize!);
    const block = expected.get(index) ?? Buffer.alloc(BlockSize!);
    const at = offset - index * BlockSize!;
    bytes.copy(block, at);
    expected.set(index, block);
  }
  expect(Blocks!.map(block => block.BlockIndex)).toEqual([...expected.keys()]);
  for (const { BlockIndex, BlockToken } of Blocks!) {
    const answer = await ebs.send(new GetSnapshotBlockCommand({ SnapshotId, BlockIndex, BlockToken }));
    const sum = createHash('sha256').update(expected.get(BlockIndex!)!).digest('base64');
    expect([BlockIndex, answer.Checksum]).toEqual([BlockIndex, sum]);
  }
}

test.each([
  ['RAW', 'disk.raw'],
  ['QCOW2', 'disk.qcow2'],
  ['QCOW2', 'packed.qcow2'],
  ['VMDK', 'disk.vmdk'],
  ['VHD', 'disk.vhd'],
  ['VHDX', 'disk.vhdx'],
  ['OVA', 'disk.ova'],
])('a %s disk (%s) becomes a completed snapshot with its bytes', async (format, file) => {
  const id = await asked(format, file);
  const { Status, StatusMessage, SnapshotId } = await ended(id);
  expect([Status, StatusMessage]).toEqual(['completed', undefined]);
  await expectDisk(SnapshotId!);
  const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId!] }));
  expect(Snapshots![0]).toMatchObject({
    State: 'completed',
    VolumeSize: 1,
    Description: `Created by AWS-VMImport service for ${id}`,
  });
});

test.each([
  ['RAW', 'elsewhere', '169.254.169.254 is at an address imports may not reach'],
  ['RAW', 'http://127.0.0.2/', '127.0.0.2 is at an address imports may not reach'],
  ['RAW', 'cut', 'The download failed: It ended after'],
  ['RAW', 'absent', 'The server answered 404.'],
  ['QCOW2', 'huge.qcow2', 'The disk is larger than 64 TiB'],
  ['QCOW2', 'backed.qcow2', 'The QCOW2 file has a backing file'],
  ['QCOW2', 'broken.qcow2', 'Disk validation failed'],
  ['VMDK', 'disk.raw', 'The file is not in VMDK format'],
])('a %s disk at %s is refused: %s', async (format, file, words) => {
  const { Status, StatusMessage } = await ended(await asked(format, file));
  expect(Status).toBe('deleted');
  expect(StatusMessage).toContain('ClientError: ');
  expect(StatusMessage).toContain(words);
});

test('a task that is canceled while nothing comes leaves nothing behind', async () => {
  const id = await asked('RAW', 'endless');
  while ((await detailOf(id)).StatusMessage === 'pending') await delay(100);
  await ec2.send(new CancelImportTaskCommand({ ImportTaskId: id }));
  expect(await ended(id)).toMatchObject({ Status: 'deleted', StatusMessage: 'Canceled by the user' });
  const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  expect(Snapshots!.filter(snapshot => snapshot.State !== 'completed')).toEqual([]);
});

test('a server that is killed while it imports goes on, and its reader does not outlive it', async () => {
  const id = await asked('QCOW2', 'disk.qcow2');
  await amity.kill();
  while (processesOf(data).some(line => line.includes('qemu-nbd'))) await delay(50);
  await start();
  const { Status, SnapshotId } = await ended(id);
  expect(Status).toBe('completed');
  await expectDisk(SnapshotId!);
  const imports = join(data, 'us-east-1', 'imports');
  expect(existsSync(imports) ? readdirSync(imports) : []).toEqual([]);
  expect(processesOf(data).filter(line => line.includes('qemu-nbd'))).toEqual([]);
});

test('the command line imports from a URL, and says why it could not', async () => {
  const { stdout } = await amity.command(
    'snapshot',
    'import',
    `${server.origin}/disk.vmdk`,
    '--format',
    'vmdk',
    '--json',
  );
  await expectDisk((JSON.parse(stdout) as { snapshotId: string }).snapshotId);
  await expect(
    amity.command('snapshot', 'import', `${server.origin}/backed.qcow2`, '--format', 'qcow2'),
  ).rejects.toThrow('The QCOW2 file has a backing file');
});

test('the command line does not read the holes of a local file', async () => {
  writeFileSync(inFolder('sparse.raw'), Buffer.concat([Buffer.alloc(510), Buffer.from([0x55, 0xaa])]));
  truncateSync(inFolder('sparse.raw'), 2 * 1024 ** 4);
  const { stdout } = await amity.command('snapshot', 'import', inFolder('sparse.raw'), '--json');
  expect(JSON.parse(stdout)).toMatchObject({ blocks: 1, volumeSize: 2048 });
});
