import { createHash } from 'node:crypto';
import type {
  CompleteSnapshotRequest,
  StartSnapshotRequest,
  StartSnapshotResponse,
} from '@aws-sdk/client-ebs';
import { beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../../../src/domain/errors.ts';
import { blockSize } from '../../../src/domain/manifest.ts';
import { completeSnapshot } from '../../../src/operations/ebs/complete-snapshot.ts';
import { putSnapshotBlock } from '../../../src/operations/ebs/put-snapshot-block.ts';
import { startSnapshot } from '../../../src/operations/ebs/start-snapshot.ts';
import { type BlockStore, manifestSummary } from '../../../src/stores/blocks/block-store.ts';
import { memoryBlockStore } from '../../../src/stores/blocks/memory.ts';
import { fixture, mbrDisk } from '../../support/disks.ts';
import { blocksOf } from '../../support/manifests.ts';
import { aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
let blocks: BlockStore;
const parent = hexId('snap', 1);

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const block = (fill: number) => Buffer.alloc(blockSize, fill);
const start = (input: Partial<StartSnapshotRequest> = {}, account?: string) =>
  region.call<StartSnapshotResponse>(startSnapshot, { VolumeSize: 1, ...input }, account);
const put = (
  SnapshotId: string,
  BlockIndex: number,
  bytes: Uint8Array,
  over: object = {},
  account?: string,
) =>
  region.call(
    putSnapshotBlock,
    {
      SnapshotId,
      BlockIndex,
      BlockData: bytes,
      DataLength: bytes.length,
      Checksum: sha256(bytes).toString('base64'),
      ChecksumAlgorithm: 'SHA256',
      ...over,
    },
    account,
  );
const complete = (
  SnapshotId: string,
  ChangedBlocksCount: number,
  over: Partial<CompleteSnapshotRequest> = {},
  account?: string,
) => region.call(completeSnapshot, { SnapshotId, ChangedBlocksCount, ...over }, account);
const linear = (...bytes: Uint8Array[]) => sha256(Buffer.concat(bytes.map(sha256))).toString('base64');
const reasonOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof ApiError ? [error.code, error.reason, error.status] : error;
};

beforeEach(async () => {
  blocks = memoryBlockStore();
  region = testRegion({ blocks });
  const session = await blocks.openSession(parent, `${owner}/default`);
  for (const index of [0, 7]) await session.put(index, block(1));
  await session.commit({ snapshotId: parent, volumeSize: 1024 ** 3 });
  await region.records.transaction(async records =>
    records.snapshots.put(aSnapshot({ volumeSize: 1, encrypted: true })),
  );
});

describe('an upload through the EBS direct API', () => {
  test('says what is on the disk once it is completed', async () => {
    const disk = mbrDisk([{ type: 0x83, contents: fixture('ext4') }]);
    const { SnapshotId } = await start({ Tags: [{ Key: 'a', Value: 'b' }] });
    const count = Math.ceil(disk.length / blockSize);
    for (let index = 0; index < count; index++) {
      const bytes = block(0);
      disk.copy(bytes, 0, index * blockSize);
      await put(SnapshotId!, index, bytes);
    }
    await complete(SnapshotId!, count);
    expect(await region.records.read.snapshots.get(SnapshotId!)).toMatchObject({
      disk: {
        operatingSystem: { id: 'debian', version: '12' },
        architecture: 'x86_64',
        bios: true,
        uefi: false,
      },
    });
    expect((await region.records.read.tags.get(`${SnapshotId}/${owner}`))?.tags).toEqual({
      a: 'b',
      'aws:amity:disk': 'Debian GNU/Linux 12 (bookworm), x86_64, boots with BIOS',
    });
  });

  test('starts pending, takes blocks in any order, and is completed with their checksum', async () => {
    const started = await start({ Description: 'disk', Tags: [{ Key: 'a', Value: 'b' }] });
    const id = started.SnapshotId!;
    expect(started).toEqual({
      SnapshotId: id,
      OwnerId: owner,
      Status: 'pending',
      StartTime: region.time,
      VolumeSize: 1,
      BlockSize: 524288,
      Description: 'disk',
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect(await put(id, 5, block(5))).toEqual({
      Checksum: sha256(block(5)).toString('base64'),
      ChecksumAlgorithm: 'SHA256',
    });
    await put(id, 2047, block(9));
    await put(id, 0, block(1));
    await put(id, 0, block(2));
    await put(id, 3, block(0));
    const checksum = linear(block(2), block(0), block(5), block(9));
    expect(
      await complete(id, 4, {
        Checksum: checksum,
        ChecksumAlgorithm: 'SHA256',
        ChecksumAggregationMethod: 'LINEAR',
      }),
    ).toEqual({ Status: 'completed' });

    const record = await region.records.read.snapshots.get(id);
    expect(record).toMatchObject({
      state: 'completed',
      progress: 100,
      volumeId: 'vol-ffffffff',
      completionTime: region.time.toISOString(),
      fullSnapshotSizeInBytes: 3 * blockSize,
    });
    expect(record?.upload).toBeUndefined();
    expect((await manifestSummary(blocks, id))?.volumeSize).toBe(1024 ** 3);
    expect((await blocksOf(blocks, id)).get(0)).toEqual({
      domain: `${owner}/default`,
      digest: sha256(block(2)).toString('hex'),
    });
  });

  test('lies over its parent, and is encrypted as that is', async () => {
    const { SnapshotId } = await start({ ParentSnapshotId: parent });
    await put(SnapshotId!, 7, block(7));
    await complete(SnapshotId!, 1);
    expect([...(await blocksOf(blocks, SnapshotId!)).keys()]).toEqual([0, 7]);
    expect(await region.records.read.snapshots.get(SnapshotId!)).toMatchObject({
      encrypted: true,
      parentSnapshotId: parent,
      fullSnapshotSizeInBytes: 2 * blockSize,
    });
  });

  test('can be completed again, also when the first call was cut off after the manifest', async () => {
    const { SnapshotId } = await start();
    await put(SnapshotId!, 0, block(1));
    const record = await region.records.read.snapshots.get(SnapshotId!);
    await complete(SnapshotId!, 1);
    expect(await complete(SnapshotId!, 1)).toEqual({ Status: 'completed' });
    await region.records.transaction(async records => records.snapshots.put(record!));
    expect(await complete(SnapshotId!, 1)).toEqual({ Status: 'completed' });
    expect((await region.records.read.snapshots.get(SnapshotId!))?.state).toBe('completed');
  });

  test('leaves no manifest behind when the snapshot is deleted meanwhile', async () => {
    const { SnapshotId } = await start();
    const { openManifest } = blocks;
    blocks.openManifest = async id => {
      await region.records.transaction(records => records.snapshots.delete(id));
      return openManifest(id);
    };
    expect((await refusal(complete(SnapshotId!, 0)))[0]).toBe('ResourceNotFoundException');
    expect(await blocks.listManifests()).toEqual([parent]);
  });
});

describe('StartSnapshot', () => {
  test('answers the same snapshot to the same token and request, and refuses another request', async () => {
    const input = { ClientToken: 't', VolumeSize: 2, Tags: [{ Key: 'a', Value: 'b' }] };
    const first = await start(input);
    expect(await start(input)).toEqual(first);
    expect(await region.records.read.snapshots.list({ state: 'pending' })).toHaveLength(1);
    expect(await refusal(start({ ...input, VolumeSize: 3 }))).toEqual([
      'ConflictException',
      'The request uses the same client token as a previous, but non-identical request.',
      409,
    ]);
    expect((await start(input, stranger)).SnapshotId).not.toBe(first.SnapshotId);
  });

  test.each<[string, Partial<StartSnapshotRequest>, string]>([
    ['no size', { VolumeSize: undefined }, 'INVALID_VOLUME_SIZE'],
    ['a size past 64 TiB', { VolumeSize: 65_537 }, 'INVALID_VOLUME_SIZE'],
    ['a timeout under 10 minutes', { Timeout: 9 }, 'INVALID_PARAMETER_VALUE'],
    ['encryption beside a parent', { ParentSnapshotId: parent, Encrypted: true }, 'INVALID_PARAMETER_VALUE'],
    ['a key without encryption', { KmsKeyArn: 'arn:aws:kms:x' }, 'INVALID_CUSTOMER_KEY'],
    ['a key beside a parent', { ParentSnapshotId: parent, KmsKeyArn: 'arn:x' }, 'INVALID_CUSTOMER_KEY'],
    ['a reserved tag', { Tags: [{ Key: 'aws:a', Value: '' }] }, 'INVALID_TAG'],
    ['a malformed parent', { ParentSnapshotId: 'snap-z' }, 'INVALID_SNAPSHOT_ID'],
  ])('refuses %s', async (_what, input, reason) => {
    expect(await reasonOf(start(input))).toEqual(['ValidationException', reason, 400]);
    expect(await region.records.read.snapshots.list({ state: 'pending' })).toEqual([]);
  });

  test('refuses a parent that is unknown, hidden, foreign, pending or larger', async () => {
    const from = (ParentSnapshotId = parent, account?: string) =>
      reasonOf(start({ ParentSnapshotId }, account));
    const putParent = (fields: Parameters<typeof aSnapshot>[0]) =>
      region.records.transaction(async records => records.snapshots.put(aSnapshot(fields)));
    const notFound = ['ResourceNotFoundException', 'SNAPSHOT_NOT_FOUND', 404];
    expect(await from(hexId('snap', 9))).toEqual(notFound);
    expect(await from(parent, stranger)).toEqual(notFound);
    await putParent({ createVolumePermissions: ['all'] });
    expect(await from(parent, stranger)).toEqual(['AccessDeniedException', 'UNAUTHORIZED_ACCOUNT', 403]);
    await putParent({ state: 'pending' });
    expect(await from()).toEqual(['ValidationException', 'INVALID_SNAPSHOT_ID', 400]);
    await putParent({ volumeSize: 2 });
    expect(await from()).toEqual(['ValidationException', 'INVALID_VOLUME_SIZE', 400]);
  });
});

describe('PutSnapshotBlock', () => {
  test.each<[string, number, Buffer, object, string]>([
    ['a wrong checksum', 0, block(1), { Checksum: 'AAAA' }, 'INVALID_BLOCK'],
    ['no checksum', 0, block(1), { Checksum: undefined }, 'INVALID_BLOCK'],
    ['a short block', 0, block(1).subarray(1), {}, 'INVALID_BLOCK'],
    ['another length than said', 0, block(1), { DataLength: 512 }, 'INVALID_BLOCK'],
    ['no data', 0, block(1), { BlockData: undefined }, 'INVALID_BLOCK'],
    ['an index past the volume', 2048, block(1), {}, 'INVALID_PARAMETER_VALUE'],
    ['a negative index', -1, block(1), {}, 'INVALID_PARAMETER_VALUE'],
    ['another algorithm', 0, block(1), { ChecksumAlgorithm: 'MD5' }, 'INVALID_PARAMETER_VALUE'],
    ['a progress past 100', 0, block(1), { Progress: 101 }, 'INVALID_PARAMETER_VALUE'],
  ])('refuses %s, and stores nothing', async (_what, index, bytes, over, reason) => {
    const { SnapshotId } = await start();
    expect(await reasonOf(put(SnapshotId!, index, bytes, over))).toEqual([
      'ValidationException',
      reason,
      400,
    ]);
    await complete(SnapshotId!, 0);
  });

  test('writes only to a pending upload of the caller’s own', async () => {
    const { SnapshotId } = await start();
    expect(await reasonOf(put(SnapshotId!, 0, block(1), {}, stranger))).toEqual([
      'ResourceNotFoundException',
      'SNAPSHOT_NOT_FOUND',
      404,
    ]);
    await complete(SnapshotId!, 0);
    expect(await reasonOf(put(SnapshotId!, 0, block(1)))).toEqual([
      'ValidationException',
      'INVALID_SNAPSHOT_ID',
      400,
    ]);
    expect((await refusal(put('vol-1', 0, block(1))))[1]).toBe(
      'Invalid snapshot id: "vol-1" (expecting "snap-...")',
    );
  });

  test('keeps the upload open for its timeout from the last block, and no longer', async () => {
    const { SnapshotId } = await start({ Timeout: 10 });
    const later = (minutes: number) => {
      region.time = new Date(region.time.getTime() + minutes * 60_000);
    };
    later(9);
    await put(SnapshotId!, 0, block(1), { Progress: 40 });
    expect((await region.records.read.snapshots.get(SnapshotId!))?.progress).toBe(40);
    later(9);
    await put(SnapshotId!, 1, block(1));
    later(10);
    const timeout = ['ValidationException', 'WRITE_REQUEST_TIMEOUT', 400];
    expect(await reasonOf(put(SnapshotId!, 2, block(1)))).toEqual(timeout);
    expect(await reasonOf(complete(SnapshotId!, 2))).toEqual(timeout);
  });
});

describe('CompleteSnapshot', () => {
  test('refuses another count or checksum than that of the blocks, and stays open', async () => {
    const { SnapshotId } = await start();
    await put(SnapshotId!, 0, block(1));
    const wrong = ['ValidationException', 'INVALID_PARAMETER_VALUE', 400];
    const Checksum = linear(block(1));
    expect(await reasonOf(complete(SnapshotId!, 2))).toEqual(wrong);
    expect(
      await reasonOf(
        complete(SnapshotId!, 1, {
          Checksum: linear(block(2)),
          ChecksumAlgorithm: 'SHA256',
          ChecksumAggregationMethod: 'LINEAR',
        }),
      ),
    ).toEqual(wrong);
    expect(await reasonOf(complete(SnapshotId!, 1, { Checksum }))).toEqual(wrong);
    expect(await reasonOf(complete(SnapshotId!, 1, { Checksum, ChecksumAlgorithm: 'SHA256' }))).toEqual(
      wrong,
    );
    expect(await blocks.listManifests()).toEqual([parent]);
    await complete(SnapshotId!, 1);
  });

  test('completes no snapshot that was not uploaded', async () => {
    await region.records.transaction(async records =>
      records.snapshots.put(aSnapshot({ state: 'pending', volumeId: hexId('vol', 1) })),
    );
    expect(await reasonOf(complete(parent, 0))).toEqual(['ValidationException', 'INVALID_SNAPSHOT_ID', 400]);
    expect((await refusal(complete(hexId('snap', 9), 0)))[2]).toBe(404);
  });
});
