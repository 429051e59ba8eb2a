import type {
  DescribeImportSnapshotTasksRequest,
  DescribeImportSnapshotTasksResult,
  ImportSnapshotResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ImportSnapshotTask } from '../../../src/domain/import-task.ts';
import { cancelImportTask } from '../../../src/operations/ec2/cancel-import-task.ts';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { describeImportSnapshotTasks } from '../../../src/operations/ec2/describe-import-snapshot-tasks.ts';
import { enableEbsEncryptionByDefault } from '../../../src/operations/ec2/enable-ebs-encryption-by-default.ts';
import { importSnapshot } from '../../../src/operations/ec2/import-snapshot.ts';
import { createKey } from '../../../src/operations/kms/create-key.ts';
import { hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
beforeEach(() => {
  region = testRegion();
});

const Url = 'https://disks.example.com/server.vmdk';
const ask = (input: object = {}, container: object = {}, account?: string) =>
  region.call<ImportSnapshotResult>(
    importSnapshot,
    { DiskContainer: { Format: 'vmdk', Url, ...container }, ...input },
    account,
  );
const describeTasks = async (input: DescribeImportSnapshotTasksRequest = {}, account?: string) =>
  region.call<DescribeImportSnapshotTasksResult>(describeImportSnapshotTasks, input, account);
const ids = async (...args: Parameters<typeof describeTasks>) =>
  (await describeTasks(...args)).ImportSnapshotTasks!.map(task => task.ImportTaskId);
const change = (id: string, fields: Partial<ImportSnapshotTask>) =>
  region.records.transaction(async records =>
    records.importTasks.put({ ...(await records.importTasks.get(id))!, ...fields }),
  );

describe('ImportSnapshot', () => {
  test('answers an active task as AWS does, and enqueues the work', async () => {
    const answer = await ask({
      Description: 'My server VMDK',
      RoleName: 'vmimport',
      TagSpecifications: [{ ResourceType: 'import-snapshot-task', Tags: [{ Key: 'a', Value: 'b' }] }],
    });
    const { ImportTaskId } = answer;
    expect(ImportTaskId).toMatch(/^import-snap-[0-9a-f]{17}$/);
    expect(answer).toEqual({
      ImportTaskId,
      Description: 'My server VMDK',
      SnapshotTaskDetail: {
        Description: 'My server VMDK',
        DiskImageSize: 0,
        Encrypted: false,
        Format: 'VMDK',
        Progress: '3',
        Status: 'active',
        StatusMessage: 'pending',
        Url,
      },
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect(region.jobs).toEqual([
      { kind: 'import-snapshot', subject: ImportTaskId, input: { importTaskId: ImportTaskId } },
    ]);
    expect(await region.records.read.snapshots.list()).toEqual([]);
  });

  test('answers the first task again to the same token', async () => {
    const { ImportTaskId } = await ask({ ClientToken: 'one' });
    expect((await ask({ ClientToken: 'one' })).ImportTaskId).toBe(ImportTaskId);
    expect(region.jobs).toHaveLength(1);
    expect((await refusal(ask({ ClientToken: 'one', Description: 'other' })))[0]).toBe(
      'IdempotentParameterMismatch',
    );
    expect((await ask({ ClientToken: 'one' }, {}, stranger)).ImportTaskId).not.toBe(ImportTaskId);
  });

  test.each([
    ['no format', { Format: undefined }, 'MissingParameter'],
    ['an unknown format', { Format: 'ISO' }, 'InvalidParameterValue'],
    ['no URL', { Url: undefined }, 'MissingParameter'],
    ['what is no URL', { Url: 'server.vmdk' }, 'InvalidParameterValue'],
    ['a URL of another protocol', { Url: 'file:///etc/shadow' }, 'InvalidParameterValue'],
    ['a URL with a password', { Url: 'https://a:b@example.com/' }, 'InvalidParameterValue'],
    ['a URL of any length', { Url: `https://example.com/${'a'.repeat(2048)}` }, 'InvalidParameterValue'],
    ['an s3:// URL', { Url: 's3://bucket/key' }, 'UnsupportedOperation'],
    ['a bucket', { Url: undefined, UserBucket: { S3Bucket: 'b', S3Key: 'k' } }, 'UnsupportedOperation'],
    ['a URL and a bucket', { UserBucket: { S3Bucket: 'b', S3Key: 'k' } }, 'InvalidParameterCombination'],
  ])('refuses %s', async (_what, container, code) => {
    expect((await refusal(ask({}, container)))[0]).toBe(code);
    expect(region.jobs).toEqual([]);
  });

  test('is encrypted as asked, or as the account encrypts by default', async () => {
    const { KeyMetadata } = await region.call<{ KeyMetadata: { KeyId: string; Arn: string } }>(createKey, {});
    const detail = async (input: object) => {
      const { SnapshotTaskDetail: shown } = await ask(input);
      return [shown?.Encrypted, shown?.KmsKeyId];
    };
    expect(await detail({})).toEqual([false, undefined]);
    const { Arn, KeyId } = KeyMetadata;
    expect(await detail({ Encrypted: true, KmsKeyId: KeyId })).toEqual([true, Arn]);
    await region.call(enableEbsEncryptionByDefault, {});
    expect(await detail({})).toEqual([true, expect.stringContaining('arn:aws:kms:')]);
    expect((await refusal(ask({ KmsKeyId: KeyId })))[0]).toBe('InvalidParameterDependency');
  });

  test('refuses tags of other types and overlong descriptions', async () => {
    expect((await refusal(ask({ Description: 'a'.repeat(256) })))[0]).toBe('InvalidParameterValue');
    const TagSpecifications = [{ ResourceType: 'snapshot', Tags: [] }];
    expect((await refusal(ask({ TagSpecifications })))[0]).toBe('InvalidParameterValue');
  });

  test('refuses more tasks at a time than an account may have', async () => {
    for (let count = 0; count < 5; count++) await ask();
    expect((await refusal(ask()))[0]).toBe('ResourceCountExceeded');
    await ask({}, {}, stranger);
    const [first] = await ids();
    await change(first!, { state: 'completed' });
    await ask();
  });

  test('changes nothing in a dry run', async () => {
    expect((await refusal(ask({ DryRun: true })))[0]).toBe('DryRunOperation');
    expect(await ids()).toEqual([]);
  });
});

describe('DescribeImportSnapshotTasks', () => {
  test('shows the caller’s own tasks, the snapshot once it is completed', async () => {
    const id = (await ask()).ImportTaskId!;
    await ask({}, {}, stranger);
    const snapshotId = hexId('snap', 9);
    await change(id, { snapshotId, progress: 42, diskImageSize: 705_638_400 });
    const detail = async () => (await describeTasks()).ImportSnapshotTasks![0]!.SnapshotTaskDetail!;
    expect(await detail()).toMatchObject({ Status: 'active', Progress: '42', DiskImageSize: 705_638_400 });
    expect((await detail()).SnapshotId).toBeUndefined();
    await change(id, { state: 'completed', progress: 100, statusMessage: undefined });
    expect(await detail()).toMatchObject({ Status: 'completed', SnapshotId: snapshotId });
    expect((await detail()).Progress).toBeUndefined();
    expect(await ids()).toEqual([id]);
  });

  test('selects by id, state and tag', async () => {
    const [one, two] = [(await ask()).ImportTaskId!, (await ask()).ImportTaskId!];
    await change(two, { state: 'deleted', statusMessage: 'ClientError: no' });
    await region.call(createTags, { Resources: [one], Tags: [{ Key: 'team', Value: 'red' }] });
    expect(await ids({ ImportTaskIds: [two] })).toEqual([two]);
    expect(await ids({ Filters: [{ Name: 'task-state', Values: ['active'] }] })).toEqual([one]);
    expect(await ids({ Filters: [{ Name: 'tag:team', Values: ['red'] }] })).toEqual([one]);
    expect((await refusal(describeTasks({ Filters: [{ Name: 'colour', Values: ['a'] }] })))[0]).toBe(
      'InvalidParameterValue',
    );
  });

  test('gives pages', async () => {
    for (let count = 0; count < 3; count++) await ask();
    const first = await describeTasks({ MaxResults: 2 });
    expect(first.ImportSnapshotTasks).toHaveLength(2);
    const rest = await describeTasks({ MaxResults: 2, NextToken: first.NextToken });
    expect(rest.ImportSnapshotTasks).toHaveLength(1);
    expect(rest.NextToken).toBeUndefined();
  });

  test('refuses ids that are none, unknown, or another account’s', async () => {
    const id = (await ask()).ImportTaskId!;
    expect((await refusal(describeTasks({ ImportTaskIds: ['import-ami-1'] })))[0]).toBe(
      'InvalidConversionTaskId.Malformed',
    );
    expect(await refusal(describeTasks({ ImportTaskIds: [id] }, stranger))).toEqual([
      'InvalidConversionTaskId',
      `The import task '${id}' does not exist.`,
      400,
    ]);
  });
});

describe('CancelImportTask', () => {
  const cancel = (ImportTaskId: string, input: object = {}, account?: string) =>
    region.call(cancelImportTask, { ImportTaskId, ...input }, account);

  test('turns an active task to deleting', async () => {
    const id = (await ask()).ImportTaskId!;
    expect(await cancel(id, { CancelReason: 'wrong disk' })).toEqual({
      ImportTaskId: id,
      PreviousState: 'active',
      State: 'deleting',
    });
    const [task] = (await describeTasks()).ImportSnapshotTasks!;
    expect(task!.SnapshotTaskDetail).toMatchObject({
      Status: 'deleting',
      StatusMessage: 'Canceled by the user: wrong disk',
    });
  });

  test('refuses a task that has ended, is unknown, or another account’s', async () => {
    const id = (await ask()).ImportTaskId!;
    const notFound = ['InvalidConversionTaskId', `The import task '${id}' does not exist.`, 400];
    expect(await refusal(cancel(id, {}, stranger))).toEqual(notFound);
    await change(id, { state: 'completed' });
    expect((await refusal(cancel(id)))[0]).toBe('IncorrectState');
    expect((await refusal(cancel(hexId('import-snap', 1))))[0]).toBe('InvalidConversionTaskId');
    expect((await refusal(cancel('snap-1')))[0]).toBe('InvalidConversionTaskId.Malformed');
    expect((await refusal(cancel('')))[0]).toBe('MissingParameter');
  });
});
