/** A server that keeps its blocks in a bucket of Ceph's RADOS gateway: killed, robbed of its folder, and met by another. */
import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CompleteSnapshotCommand,
  GetSnapshotBlockCommand,
  ListSnapshotBlocksCommand,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
} from '@aws-sdk/client-ebs';
import {
  DeleteSnapshotCommand,
  TerminateInstancesCommand,
  waitUntilSnapshotCompleted,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStagedBlockStore } from '../../src/stores/blocks/staged/staged-block-store.ts';
import { readOrCreateMasterKey } from '../../src/stores/master-key.ts';
import type { ObjectStore } from '../../src/stores/objects/object-store.ts';
import { s3Objects } from '../../src/stores/objects/s3/s3.ts';
import type { S3Location } from '../../src/stores/objects/s3/settings.ts';
import { allOf } from '../support/all-of.ts';
import { type Amity, startAmity, temporaryFolder } from '../support/amity.ts';
import { eventually } from '../support/eventually.ts';
import { inGuest, launch, type Stage, setStage, untilState } from '../support/guests.ts';
import { endEverything } from '../support/leftovers.ts';
import { type Radosgw, startRadosgw } from '../support/radosgw.ts';

const blockSize = 524_288;
const data = temporaryFolder('bucket');
const blocksFolder = join(data, 'us-east-1', 'blocks');
let gateway: Radosgw;
let location: S3Location;
/** What the region keeps. */
let objects: ObjectStore;
let options: string[];
let amity: Amity;
let stage: Stage;

const start = (folder = data) => startAmity(folder, '--regions', 'us-east-1', ...options);

beforeAll(async () => {
  gateway = await startRadosgw();
  location = await gateway.createBucket('amity');
  objects = openObjects();
  const credentials = join(data, 'bucket-key');
  const { accessKeyId, secretAccessKey } = gateway.credentials;
  const lines = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  writeFileSync(credentials, lines, { mode: 0o600 });
  const url = `s3://amity/cloud?endpoint=${gateway.endpoint}`;
  options = ['--blocks', url, '--blocks-credentials', credentials];
  amity = await start();
});

afterAll(async () => {
  await amity?.stop();
  await endEverything(data);
  rmSync(data, { recursive: true, force: true });
  await objects?.close();
  await gateway?.stop();
});

const openObjects = () =>
  s3Objects({ location: { ...location, prefix: 'cloud/us-east-1' }, credentials: gateway.credentials });
const keys = async (prefix: string) => (await allOf(objects.list(prefix))).map(({ key }) => key);

async function upload(blocks: ReadonlyMap<number, Buffer>): Promise<string> {
  const { SnapshotId } = await amity.ebs().send(new StartSnapshotCommand({ VolumeSize: 1 }));
  await put(SnapshotId!, blocks);
  await complete(SnapshotId!, blocks.size);
  return SnapshotId!;
}

async function put(SnapshotId: string, blocks: ReadonlyMap<number, Buffer>): Promise<void> {
  const ebs = amity.ebs();
  await Promise.all(
    Array.from(blocks, ([BlockIndex, BlockData]) => {
      const Checksum = createHash('sha256').update(BlockData).digest('base64');
      const block = { BlockIndex, BlockData, DataLength: blockSize, Checksum };
      return ebs.send(new PutSnapshotBlockCommand({ SnapshotId, ...block, ChecksumAlgorithm: 'SHA256' }));
    }),
  );
}

async function complete(SnapshotId: string, ChangedBlocksCount: number): Promise<void> {
  await amity.ebs().send(new CompleteSnapshotCommand({ SnapshotId, ChangedBlocksCount }));
  await waitUntilSnapshotCompleted(
    { client: amity.ec2(), maxWaitTime: 60, minDelay: 1 },
    { SnapshotIds: [SnapshotId] },
  );
}

async function expectBlocks(SnapshotId: string, blocks: ReadonlyMap<number, Buffer>): Promise<void> {
  const ebs = amity.ebs();
  const { Blocks } = await ebs.send(new ListSnapshotBlocksCommand({ SnapshotId }));
  expect(Blocks!.map(({ BlockIndex }) => BlockIndex)).toEqual([...blocks.keys()]);
  for (const { BlockIndex, BlockToken } of Blocks!) {
    const got = await ebs.send(new GetSnapshotBlockCommand({ SnapshotId, BlockIndex, BlockToken }));
    expect(Buffer.from(await got.BlockData!.transformToByteArray()).equals(blocks.get(BlockIndex!)!)).toBe(
      true,
    );
  }
}
const random = (count: number) =>
  new Map(Array.from({ length: count }, (_, index) => [index * 3, randomBytes(blockSize)] as const));

const kept = random(40);
const deleted = random(40);
let keptId: string;
let deletedId: string;

test('doctor says whether a bucket will do, and leaves nothing there', async () => {
  const before = await keys('');
  const checkOf = async (...words: string[]) => {
    // It fails where this machine lacks anything else, too.
    const told = await amity.command('doctor', '--data', data, '--json', ...words).catch(error => error);
    return JSON.parse(told.stdout).find(({ what }: { what: string }) => what === 'blocks');
  };
  expect(await checkOf(...options)).toMatchObject({ state: 'ok' });
  const absent = `s3://no-such-bucket?endpoint=${gateway.endpoint}`;
  const missing = await checkOf('--blocks', absent, ...options.slice(2));
  expect(missing).toMatchObject({ state: 'missing', detail: expect.stringContaining('NoSuchBucket') });
  expect(await checkOf()).toBeUndefined();
  expect((await keys('')).filter(key => !key.startsWith('lease/'))).toEqual(
    before.filter(key => !key.startsWith('lease/')),
  );
});

test('another server, with the same master key or its own, is refused the bucket of one that runs', async () => {
  for (const [sameKey, reason] of [
    [true, 's3://amity/cloud/us-east-1 is in use by another server'],
    [false, 'The blocks in s3://amity/cloud/us-east-1 are under another master key'],
  ] as const) {
    const other = temporaryFolder('bucket-other');
    if (sameKey) copyFileSync(join(data, 'master.key'), join(other, 'master.key'));
    await expect(start(other)).rejects.toThrow(reason);
    await endEverything(other);
    rmSync(other, { recursive: true });
  }
  // Nor may its own blocks be looked for elsewhere.
  await amity.stop();
  await expect(startAmity(data, '--regions', 'us-east-1')).rejects.toThrow('name it with --blocks');
  amity = await start();
});

test('a snapshot is in the bucket when it is completed, and is read back, also after kill -9', async () => {
  keptId = await upload(kept);
  expect(await keys('manifests/')).toEqual([`manifests/${keptId}.manifest`]);
  expect((await keys('packs/')).length).toBeGreaterThan(1);
  expect(existsSync(join(blocksFolder, 'packs')) && readdirSync(join(blocksFolder, 'packs'))).toEqual([]);
  expect(readdirSync(join(blocksFolder, 'staging'))).toEqual([]);
  await expectBlocks(keptId, kept);
  const begun = performance.now();
  await amity.kill();
  amity = await start();
  // It does not wait for the lease of the one that was killed: it is its own.
  expect(performance.now() - begun).toBeLessThan(60_000);
  await expectBlocks(keptId, kept);
});

test('an upload that a kill cut off is gone on with', async () => {
  const { SnapshotId } = await amity.ebs().send(new StartSnapshotCommand({ VolumeSize: 1 }));
  const blocks = random(40);
  await put(SnapshotId!, blocks);
  await amity.kill();
  amity = await start();
  await complete(SnapshotId!, blocks.size);
  await expectBlocks(SnapshotId!, blocks);
});

test('a server that lost its folder of blocks reads all of them from the bucket', async () => {
  deletedId = await upload(deleted);
  stage = await setStage(amity);
  await amity.stop();
  rmSync(blocksFolder, { recursive: true });
  amity = await start();
  stage = { ...stage, ec2: amity.ec2() };
  await expectBlocks(keptId, kept);
  await expectBlocks(deletedId, deleted);
});

test('a guest boots from an image that lies only in the bucket', async () => {
  expect(readdirSync(join(blocksFolder, 'packs'))).toEqual([]);
  expect(readdirSync(join(blocksFolder, 'staging'))).toEqual([]);
  const [id] = (await launch(stage)) as [string];
  expect(await inGuest(stage, id, 'sudo id -un')).toBe('root');
  await stage.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await untilState(stage.ec2, id, 'terminated');
});

test('a deleted snapshot leaves the bucket, its packs with the next collection of garbage, and others stay', async () => {
  await amity.ec2().send(new DeleteSnapshotCommand({ SnapshotId: deletedId }));
  const manifest = `manifests/${deletedId}.manifest`;
  await eventually('the manifest is gone', async () => !(await keys('manifests/')).includes(manifest));
  await amity.stop();

  // As the server does every ten minutes.
  const before = await keys('packs/');
  const store = await openStagedBlockStore({
    folder: blocksFolder,
    masterKey: await readOrCreateMasterKey(data),
    objects: openObjects(),
    name: 's3://amity/cloud/us-east-1',
  });
  const { packsRemoved } = await store.collectGarbage();
  await store.close();
  expect(packsRemoved).toBeGreaterThan(0);
  expect(await keys('packs/')).toHaveLength(before.length - packsRemoved);

  amity = await start();
  await expectBlocks(keptId, kept);
});

test('a server whose records know none of the snapshots in the bucket does not take them for garbage', async () => {
  await amity.stop();
  const other = temporaryFolder('bucket-other');
  copyFileSync(join(data, 'master.key'), join(other, 'master.key'));
  await expect(start(other)).rejects.toThrow('the records know no snapshot: bring back the records');
  await endEverything(other);
  rmSync(other, { recursive: true });
  amity = await start();
  await expectBlocks(keptId, kept);
});
