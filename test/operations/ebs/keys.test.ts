import { createHash } from 'node:crypto';
import type { StartSnapshotResponse } from '@aws-sdk/client-ebs';
import { beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../../../src/domain/errors.ts';
import { blockSize } from '../../../src/domain/manifest.ts';
import { completeSnapshot } from '../../../src/operations/ebs/complete-snapshot.ts';
import { getSnapshotBlock } from '../../../src/operations/ebs/get-snapshot-block.ts';
import { listSnapshotBlocks } from '../../../src/operations/ebs/list-snapshot-blocks.ts';
import { putSnapshotBlock } from '../../../src/operations/ebs/put-snapshot-block.ts';
import { startSnapshot } from '../../../src/operations/ebs/start-snapshot.ts';
import { describeSnapshots } from '../../../src/operations/ec2/describe-snapshots.ts';
import { enableEbsEncryptionByDefault } from '../../../src/operations/ec2/enable-ebs-encryption-by-default.ts';
import { createKey } from '../../../src/operations/kms/create-key.ts';
import { describeKey } from '../../../src/operations/kms/describe-key.ts';
import { disableKey } from '../../../src/operations/kms/disable-key.ts';
import { enableKey } from '../../../src/operations/kms/enable-key.ts';
import { scheduleKeyDeletion } from '../../../src/operations/kms/schedule-key-deletion.ts';
import type { BlockStore } from '../../../src/stores/blocks/block-store.ts';
import { memoryBlockStore } from '../../../src/stores/blocks/memory.ts';
import { blocksOf } from '../../support/manifests.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
let blocks: BlockStore;
let key: { KeyId: string; Arn: string };

interface Metadata {
  KeyMetadata: { KeyId: string; Arn: string };
}

const bytes = Buffer.alloc(blockSize, 3);
const start = (input: object = {}, account?: string) =>
  region.call<StartSnapshotResponse>(startSnapshot, { VolumeSize: 1, ...input }, account);
const put = (SnapshotId: string) =>
  region.call(putSnapshotBlock, {
    SnapshotId,
    BlockIndex: 0,
    BlockData: bytes,
    DataLength: blockSize,
    Checksum: createHash('sha256').update(bytes).digest('base64'),
    ChecksumAlgorithm: 'SHA256',
  });
const complete = (SnapshotId: string, ChangedBlocksCount = 1) =>
  region.call(completeSnapshot, { SnapshotId, ChangedBlocksCount });
const list = (SnapshotId: string) =>
  region.call<{ Blocks: { BlockToken: string }[] }>(listSnapshotBlocks, { SnapshotId });
const refused = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: unknown) => (error instanceof ApiError ? [error.code, error.reason, error.status] : error),
  );
const managed = async () =>
  (await region.call<Metadata>(describeKey, { KeyId: 'alias/aws/ebs' })).KeyMetadata.Arn;
const invalidKey = ['ValidationException', 'INVALID_CUSTOMER_KEY', 400];

beforeEach(async () => {
  blocks = memoryBlockStore();
  region = testRegion({ blocks });
  key = (await region.call<Metadata>(createKey, {})).KeyMetadata;
});

describe('an uploaded snapshot', () => {
  test('lies under the key it was started with, as those over it do', async () => {
    const { SnapshotId, KmsKeyArn } = await start({ Encrypted: true, KmsKeyArn: key.Arn });
    expect(KmsKeyArn).toBe(key.Arn);
    await put(SnapshotId!);
    await complete(SnapshotId!);
    const { domain } = (await blocksOf(blocks, SnapshotId!)).get(0)!;
    expect(domain).toBe(`${owner}/${key.KeyId}`);
    const { Snapshots } = await region.call<{ Snapshots: object[] }>(describeSnapshots, {
      SnapshotIds: [SnapshotId],
    });
    expect(Snapshots[0]).toMatchObject({ Encrypted: true, KmsKeyId: key.Arn });
    const child = await start({ ParentSnapshotId: SnapshotId });
    expect(child.KmsKeyArn).toBe(key.Arn);
  });

  test('has the account’s default key where it is only to be encrypted, or all is', async () => {
    expect((await start({ Encrypted: true })).KmsKeyArn).toBe(await managed());
    const plain = await start();
    expect(plain.KmsKeyArn).toBeUndefined();
    await complete(plain.SnapshotId!, 0);
    await region.call(enableEbsEncryptionByDefault, {});
    expect((await start()).KmsKeyArn).toBe(await managed());
    expect(await refused(start({ ParentSnapshotId: plain.SnapshotId }))).toEqual([
      'ValidationException',
      'INVALID_PARAMETER_VALUE',
      400,
    ]);
  });

  test('is not started under a key that is missing, another account’s or disabled', async () => {
    const with_ = (KmsKeyArn: string, account?: string) =>
      refused(start({ Encrypted: true, KmsKeyArn }, account));
    const missing = ['ResourceNotFoundException', 'DEPENDENCY_RESOURCE_NOT_FOUND', 404];
    expect(await with_(`arn:aws:kms:us-east-1:${owner}:key/nobody`)).toEqual(missing);
    expect(await with_(key.Arn, stranger)).toEqual([
      'AccessDeniedException',
      'DEPENDENCY_ACCESS_DENIED',
      403,
    ]);
    await region.call(disableKey, { KeyId: key.KeyId });
    expect(await with_(key.Arn)).toEqual(invalidKey);
    expect(await region.records.read.snapshots.list()).toEqual([]);
  });
});

test('a snapshot can be neither read nor written while its key cannot be used, but described, and read again after', async () => {
  const { SnapshotId } = await start({ Encrypted: true, KmsKeyArn: key.Arn });
  const open = (await start({ Encrypted: true, KmsKeyArn: key.Arn })).SnapshotId!;
  await put(SnapshotId!);
  await complete(SnapshotId!);
  const [block] = (await list(SnapshotId!)).Blocks;
  const get = () =>
    region.call<{ DataLength: number }>(getSnapshotBlock, {
      SnapshotId,
      BlockIndex: 0,
      BlockToken: block!.BlockToken,
    });
  for (const operation of [disableKey, scheduleKeyDeletion]) {
    await region.call(operation, { KeyId: key.KeyId });
    for (const call of [list(SnapshotId!), get(), put(open), complete(open, 0)])
      expect(await refused(call)).toEqual(invalidKey);
    if (operation === disableKey) await region.call(enableKey, { KeyId: key.KeyId });
    else break;
    expect((await get()).DataLength).toBe(blockSize);
  }
  const { Snapshots } = await region.call<{ Snapshots: object[] }>(describeSnapshots, {
    SnapshotIds: [SnapshotId],
  });
  expect(Snapshots[0]).toMatchObject({ State: 'completed', Encrypted: true });
});
