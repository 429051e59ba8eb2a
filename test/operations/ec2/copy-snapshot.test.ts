import type { CopySnapshotRequest, CopySnapshotResult, DescribeSnapshotsResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/domain/snapshot.ts';
import { copySnapshot } from '../../../src/operations/ec2/copy-snapshot.ts';
import { describeSnapshots } from '../../../src/operations/ec2/describe-snapshots.ts';
import { enableEbsEncryptionByDefault } from '../../../src/operations/ec2/enable-ebs-encryption-by-default.ts';
import { aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const source = hexId('snap', 1);
const copy = (input: Partial<CopySnapshotRequest> = {}, account?: string) =>
  region.call<CopySnapshotResult>(
    copySnapshot,
    { SourceSnapshotId: source, SourceRegion: 'us-east-1', ...input },
    account,
  );
const put = (fields: Partial<Snapshot> = {}) =>
  region.records.transaction(async records => records.snapshots.put(aSnapshot(fields)));
const shown = async (input: object, account?: string) =>
  (await region.call<DescribeSnapshotsResult>(describeSnapshots, input, account)).Snapshots!;

beforeEach(async () => {
  region = testRegion();
  await put({ description: 'first', productCodes: ['code1'], createVolumePermissions: [stranger] });
});

/** The key of the copy that `account` makes; undefined where it is not encrypted. */
const keyOfCopy = async (input: Partial<CopySnapshotRequest>, account?: string) => {
  const { SnapshotId } = await copy(input, account);
  const { encrypted, kmsKeyId } = (await region.records.read.snapshots.get(SnapshotId!))!;
  expect(encrypted).toBe(kmsKeyId !== undefined);
  return kmsKeyId;
};
const managedKeyOf = async (ownerId: string) =>
  (await region.records.read.kmsKeys.list({ ownerId })).find(key => key.manager === 'AWS')!.arn;

describe('the key of a copy', () => {
  const kmsKeyId = `arn:aws:kms:us-east-1:${owner}:key/k1`;
  const other = `arn:aws:kms:us-east-1:${owner}:key/k2`;

  test('of what is not encrypted is none, the default one, or the one asked for', async () => {
    expect(await keyOfCopy({})).toBeUndefined();
    expect(await keyOfCopy({ Encrypted: false })).toBeUndefined();
    expect(await keyOfCopy({ Encrypted: true })).toBe(await managedKeyOf(owner));
    expect(await keyOfCopy({ Encrypted: true, KmsKeyId: other })).toBe(other);
    await region.call(enableEbsEncryptionByDefault, {});
    expect(await keyOfCopy({})).toBe(await managedKeyOf(owner));
  });

  test('of what is encrypted is its source’s, unless another is asked for', async () => {
    await put({ encrypted: true, kmsKeyId });
    expect(await keyOfCopy({})).toBe(kmsKeyId);
    expect(await keyOfCopy({ Encrypted: true })).toBe(kmsKeyId);
    expect(await keyOfCopy({ Encrypted: true, KmsKeyId: other })).toBe(other);
    expect(region.jobs.at(-1)?.input).toMatchObject({ sourceKmsKeyId: kmsKeyId });
  });

  test('of what another account shares is the default one of whoever copies', async () => {
    await put({ encrypted: true, kmsKeyId, createVolumePermissions: [stranger] });
    expect(await keyOfCopy({}, stranger)).toBe(await managedKeyOf(stranger));
  });

  test('is not asked for without encryption, and no copy is decrypted', async () => {
    expect(await refusal(copy({ KmsKeyId: other }))).toEqual([
      'InvalidParameterDependency',
      'The parameter KmsKeyId requires the parameter Encrypted to be set.',
      400,
    ]);
    await put({ encrypted: true, kmsKeyId });
    expect(await refusal(copy({ Encrypted: false }))).toEqual([
      'InvalidParameterValue',
      'Encrypted cannot be set to false: the source is encrypted, and so is every copy of it.',
      400,
    ]);
  });
});

describe('CopySnapshot', () => {
  test('answers with a pending snapshot, tagged, that nobody else may use', async () => {
    const Tags = [{ Key: 'a', Value: 'b' }];
    const answer = await copy({
      Description: 'second',
      TagSpecifications: [{ ResourceType: 'snapshot', Tags }],
      // What botocore adds to every request.
      DestinationRegion: 'us-east-1',
      PresignedUrl: 'https://ec2.us-east-1.amazonaws.com/?Action=CopySnapshot',
    });
    expect(answer).toEqual({ SnapshotId: expect.stringMatching(/^snap-[0-9a-f]{17}$/), Tags });
    expect(await shown({ SnapshotIds: [answer.SnapshotId] })).toMatchObject([
      {
        ...{
          State: 'pending',
          Progress: '0%',
          Description: 'second',
          VolumeId: 'vol-ffffffff',
          VolumeSize: 8,
        },
        ...{ TransferType: 'standard', Encrypted: false, Tags },
      },
    ]);
    expect(await shown({ SnapshotIds: [answer.SnapshotId] }, stranger)).toEqual([]);
    const record = await region.records.read.snapshots.get(answer.SnapshotId!);
    expect(record?.productCodes).toEqual(['code1']);
    expect(region.jobs).toEqual([
      {
        kind: 'copy-snapshot',
        subject: answer.SnapshotId,
        input: { snapshotId: answer.SnapshotId, sourceSnapshotId: source },
      },
    ]);
  });

  test('tells a time-based copy, also to a filter', async () => {
    const { SnapshotId } = await copy({ CompletionDurationMinutes: 30 });
    const Filters = [{ Name: 'transfer-type', Values: ['time-based'] }];
    expect(await shown({ Filters })).toMatchObject([
      { SnapshotId, TransferType: 'time-based', CompletionDurationMinutes: 30 },
    ]);
  });

  test('is for whom the snapshot is shared with', async () => {
    await put({ createVolumePermissions: [stranger] });
    await copy({}, stranger);
    await put();
    expect(await refusal(copy({}, stranger))).toEqual([
      'InvalidSnapshot.NotFound',
      `The snapshot '${source}' does not exist.`,
      400,
    ]);
    await put({ productCodes: ['code1'], createVolumePermissions: ['all'] });
    expect(await refusal(copy({}, stranger))).toEqual([
      'InvalidRequest',
      'Snapshots with product codes cannot be copied to another AWS account',
      400,
    ]);
  });

  test.each<[string, Partial<CopySnapshotRequest>, string, string]>([
    [
      'no source',
      { SourceSnapshotId: '' },
      'MissingParameter',
      'The request must contain the parameter SourceSnapshotId',
    ],
    [
      'no region',
      { SourceRegion: '' },
      'MissingParameter',
      'The request must contain the parameter SourceRegion',
    ],
    [
      'another region',
      { SourceRegion: 'eu-west-1' },
      'UnsupportedOperation',
      "Copies from another region are not served yet: copy within 'us-east-1', or call 'eu-west-1' with that as SourceRegion.",
    ],
    [
      'a duration of no quarters',
      { CompletionDurationMinutes: 2895 },
      'InvalidParameterValue',
      'Value (2895) for parameter CompletionDurationMinutes is invalid. Expecting a multiple of 15 between 15 and 2880.',
    ],
    [
      'a long description',
      { Description: 'x'.repeat(256) },
      'InvalidParameterValue',
      'Snapshot descriptions must be less than 256 characters long',
    ],
    [
      'an outpost',
      { DestinationOutpostArn: 'arn' },
      'UnsupportedOperation',
      'Snapshots are kept in the region: leave DestinationOutpostArn and DestinationAvailabilityZone out.',
    ],
  ])('refuses %s', async (_what, input, code, message) => {
    expect(await refusal(copy(input))).toEqual([code, message, 400]);
  });

  test('refuses what is not completed', async () => {
    await put({ state: 'pending' });
    expect(await refusal(copy())).toEqual(['IncorrectState', `${source} is not 'completed'`, 400]);
  });
});
