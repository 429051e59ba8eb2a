/** Keys, volumes and snapshots under them, against a real server and real overlays; no guests. */
import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  CompleteSnapshotCommand,
  type EBSClient,
  GetSnapshotBlockCommand,
  ListSnapshotBlocksCommand,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
} from '@aws-sdk/client-ebs';
import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  type EC2Client,
  waitUntilSnapshotCompleted,
  waitUntilVolumeAvailable,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Amity, startAmity, temporaryFolder } from '../support/amity.ts';
import { endEverything } from '../support/leftovers.ts';
import { kms } from '../support/signed-call.ts';

const data = temporaryFolder('keys');
const blockSize = 524_288;
const zone = { AvailabilityZone: 'us-east-1a' };
let amity: Amity;
let ec2: EC2Client;
let ebs: EBSClient;

const start = async () => {
  amity = await startAmity(data, '--regions', 'us-east-1');
  [ec2, ebs] = [amity.ec2(), amity.ebs()];
};
beforeAll(start);
afterAll(async () => {
  await amity?.stop();
  await endEverything(data);
  rmSync(data, { recursive: true, force: true });
});

async function plainSnapshot(bytes: Buffer): Promise<string> {
  const { SnapshotId } = await ebs.send(new StartSnapshotCommand({ VolumeSize: 1 }));
  await ebs.send(
    new PutSnapshotBlockCommand({
      ...{ SnapshotId, BlockIndex: 3, BlockData: bytes, DataLength: bytes.length },
      Checksum: createHash('sha256').update(bytes).digest('base64'),
      ChecksumAlgorithm: 'SHA256',
    }),
  );
  await ebs.send(new CompleteSnapshotCommand({ SnapshotId, ChangedBlocksCount: 1 }));
  await waitUntilSnapshotCompleted(
    { client: ec2, maxWaitTime: 60, minDelay: 1 },
    { SnapshotIds: [SnapshotId!] },
  );
  return SnapshotId!;
}

const read = async (SnapshotId: string) => {
  const { Blocks } = await ebs.send(new ListSnapshotBlocksCommand({ SnapshotId }));
  const [{ BlockIndex, BlockToken }] = Blocks as [{ BlockIndex: number; BlockToken: string }];
  const block = await ebs.send(new GetSnapshotBlockCommand({ SnapshotId, BlockIndex, BlockToken }));
  return { index: BlockIndex, bytes: Buffer.from(await block.BlockData!.transformToByteArray()) };
};
const dataKeys = () => readdirSync(join(data, 'us-east-1/blocks/keys')).length;

test('a plain snapshot becomes an encrypted volume, its snapshot lies under the key and follows its state', async () => {
  const bytes = Buffer.alloc(blockSize, 'amity');
  const plain = await plainSnapshot(bytes);
  expect(dataKeys()).toBe(1);
  const { KeyId, Arn } = (await kms(amity, 'CreateKey', {})).KeyMetadata;
  await kms(amity, 'CreateAlias', { AliasName: 'alias/images', TargetKeyId: KeyId });
  const { VolumeId } = await ec2.send(
    new CreateVolumeCommand({ ...zone, SnapshotId: plain, Encrypted: true, KmsKeyId: 'alias/images' }),
  );
  await waitUntilVolumeAvailable({ client: ec2, maxWaitTime: 60, minDelay: 1 }, { VolumeIds: [VolumeId!] });
  const { SnapshotId, KmsKeyId } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  expect(KmsKeyId).toBe(Arn);
  await waitUntilSnapshotCompleted(
    { client: ec2, maxWaitTime: 60, minDelay: 1 },
    { SnapshotIds: [SnapshotId!] },
  );
  expect(dataKeys()).toBe(2);
  expect(await read(SnapshotId!)).toEqual({ index: 3, bytes });

  await kms(amity, 'DisableKey', { KeyId });
  await amity.kill();
  await start();
  await expect(read(SnapshotId!)).rejects.toMatchObject({
    name: 'ValidationException',
    Reason: 'INVALID_CUSTOMER_KEY',
  });
  expect(await read(plain)).toEqual({ index: 3, bytes });
  const shown = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId!] }));
  expect(shown.Snapshots).toMatchObject([{ State: 'completed', Encrypted: true, KmsKeyId: Arn }]);
  const failed = await ec2.send(new CreateVolumeCommand({ ...zone, SnapshotId }));
  expect(failed).toMatchObject({ State: 'creating', KmsKeyId: Arn });
  await expect
    .poll(
      async () =>
        (await ec2.send(new DescribeVolumesCommand({ VolumeIds: [failed.VolumeId!] }))).Volumes?.[0]?.State,
      {
        timeout: 30_000,
        interval: 500,
      },
    )
    .toBe('error');

  await kms(amity, 'EnableKey', { KeyId });
  expect(await read(SnapshotId!)).toEqual({ index: 3, bytes });
});
