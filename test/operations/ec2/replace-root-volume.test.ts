import type {
  CreateReplaceRootVolumeTaskResult,
  DescribeReplaceRootVolumeTasksResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Volume } from '../../../src/domain/volume.ts';
import { createReplaceRootVolumeTask } from '../../../src/operations/ec2/create-replace-root-volume-task.ts';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { describeReplaceRootVolumeTasks } from '../../../src/operations/ec2/describe-replace-root-volume-tasks.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { change, imageId, instanceIn, putImage, refusal, snapshot, snapshotId } from './launch-fixtures.ts';

let region: TestRegion;
let instanceId: string;
let root: Volume;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
  instanceId = await running();
  [root] = (await region.records.read.volumes.list({ instanceId })) as [Volume];
  region.jobs.length = 0;
});

async function running(input: object = {}): Promise<string> {
  const id = await instanceIn(region, 'running', input);
  await region.records.transaction(async writer => {
    for (const volume of await writer.volumes.list({ instanceId: id }))
      await writer.volumes.put({
        ...volume,
        state: 'in-use',
        attachment: { ...volume.attachment!, state: 'attached' },
      });
  });
  return id;
}
const create = async (input: object = {}) =>
  (
    await region.call<CreateReplaceRootVolumeTaskResult>(createReplaceRootVolumeTask, {
      ...{ InstanceId: instanceId, ...input },
    })
  ).ReplaceRootVolumeTask!;
const refused = (input: object, error: { code: string; message?: unknown }) =>
  refusal(region, createReplaceRootVolumeTask, { InstanceId: instanceId, ...input }, error);
const put = (changes: Parameters<typeof snapshot>[0]) =>
  region.records.transaction(writer => writer.snapshots.put(snapshot(changes)));
const end = (state: 'succeeded' | 'failed') =>
  region.records.transaction(async writer => {
    for (const task of await writer.replaceRootVolumeTasks.list())
      await writer.replaceRootVolumeTasks.put({ ...task, state });
  });
const newVolume = async () => (await region.records.read.volumes.list({ state: 'creating' }))[0]!;

describe('CreateReplaceRootVolumeTask', () => {
  test('writes the task and its volume, and a job does it', async () => {
    const task = await create({
      DeleteReplacedRootVolume: true,
      TagSpecifications: [{ ResourceType: 'replace-root-volume-task', Tags: [{ Key: 'a', Value: 'b' }] }],
    });
    expect(task).toEqual({
      ReplaceRootVolumeTaskId: expect.stringMatching(/^replacevol-[0-9a-f]{17}$/),
      InstanceId: instanceId,
      TaskState: 'pending',
      StartTime: '2026-05-10T13:17:12Z',
      DeleteReplacedRootVolume: true,
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect(await newVolume()).toMatchObject({
      ...{ snapshotId, size: 8, volumeType: 'gp3', availabilityZone: root.availabilityZone },
      ...{ encrypted: false, launchSnapshotId: snapshotId },
    });
    expect(region.jobs).toEqual([
      {
        kind: 'replace-root-volume',
        subject: instanceId,
        input: { replaceRootVolumeTaskId: task.ReplaceRootVolumeTaskId },
      },
    ]);
  });

  test('repeated with its token answers the same task', async () => {
    const first = await create({ ClientToken: 'once' });
    expect(await create({ ClientToken: 'once' })).toEqual(first);
    expect(region.jobs).toHaveLength(1);
    await refused(
      { ClientToken: 'once', DeleteReplacedRootVolume: true },
      { code: 'IdempotentParameterMismatch' },
    );
  });

  test('keeps the volume’s key, type, performance and size', async () => {
    const BlockDeviceMappings = [
      { DeviceName: '/dev/sda1', Ebs: { Encrypted: true, VolumeSize: 20, VolumeType: 'gp3', Iops: 4000 } },
    ];
    const id = await running({ BlockDeviceMappings });
    const [before] = await region.records.read.volumes.list({ instanceId: id });
    await create({ InstanceId: id });
    const { kmsKeyId, size, iops, encrypted } = await newVolume();
    expect({ kmsKeyId, size, iops, encrypted }).toEqual({
      ...{ kmsKeyId: before!.kmsKeyId, size: 20, iops: 4000, encrypted: true },
    });
    expect(kmsKeyId).toMatch(/^arn:aws:kms:/);
  });

  test('takes snapshots of the root volume, of those it replaced, and that of the launch', async () => {
    await put({ snapshotId: 'snap-00000001', volumeId: root.volumeId });
    await put({ snapshotId: 'snap-00000002', volumeId: 'vol-00000001' });
    await change(region, instanceId, { replacedRootVolumeIds: ['vol-00000001'] });
    for (const SnapshotId of ['snap-00000001', 'snap-00000002', snapshotId]) {
      expect(await create({ SnapshotId })).toMatchObject({ SnapshotId });
      await end('failed');
    }
  });

  test('refuses other snapshots', async () => {
    await put({ snapshotId: 'snap-00000003' });
    await refused(
      { SnapshotId: 'snap-00000003' },
      { code: 'InvalidParameterValue', message: expect.stringContaining('not of the same lineage') },
    );
    await put({ snapshotId: 'snap-00000004', volumeId: root.volumeId, state: 'pending' });
    await refused({ SnapshotId: 'snap-00000004' }, { code: 'IncorrectState' });
    await put({ snapshotId: 'snap-00000005', volumeId: root.volumeId, ownerId: stranger });
    for (const SnapshotId of ['snap-00000005', 'snap-00000006'])
      await refused({ SnapshotId }, { code: 'InvalidSnapshot.NotFound' });
    await refused({ SnapshotId: 'x' }, { code: 'InvalidSnapshotID.Malformed' });
    await refused({ SnapshotId: snapshotId, ImageId: imageId }, { code: 'InvalidParameterCombination' });
  });

  test('takes an image of the same kind, and refuses another', async () => {
    const other = { imageId: 'ami-0000000000000000b', name: 'other' };
    await putImage(region, { ...other, bootMode: 'legacy-bios' });
    expect(await create({ ImageId: other.imageId })).toMatchObject({ ImageId: other.imageId });
    expect(await newVolume()).not.toHaveProperty('launchSnapshotId');
    await end('failed');
    const differences = [
      [{ architecture: 'i386' }, 'architecture'],
      [{ virtualizationType: 'paravirtual' }, 'virtualization type'],
      [{ platformDetails: 'Windows', usageOperation: 'RunInstances:0002' }, 'billing information'],
      [{ productCodes: ['abc'] }, 'product code'],
    ] as const;
    for (const [changes, what] of differences) {
      await putImage(region, { ...other, ...(changes as object) });
      await refused(
        { ImageId: other.imageId },
        {
          code: 'InvalidParameterValue',
          message: `The image '${other.imageId}' has another ${what} than the instance '${instanceId}'.`,
        },
      );
    }
    await putImage(region, { ...other, state: 'disabled' });
    await refused({ ImageId: other.imageId }, { code: 'InvalidAMIID.Unavailable' });
    await refused({ ImageId: 'ami-00000001' }, { code: 'InvalidAMIID.NotFound' });
  });

  test('is for running instances of the caller, one at a time', async () => {
    await refused({ InstanceId: undefined }, { code: 'MissingParameter' });
    await refused({ InstanceId: 'i-00000001' }, { code: 'InvalidInstanceID.NotFound' });
    await create();
    await refused({}, { code: 'IncorrectInstanceState', message: expect.stringContaining('being replaced') });
    await end('succeeded');
    await change(region, instanceId, { state: 'stopped' });
    await refused(
      {},
      {
        code: 'IncorrectInstanceState',
        message: `The instance '${instanceId}' is not in the 'running' state.`,
      },
    );
    const input = { InstanceId: instanceId };
    const error = { code: 'InvalidInstanceID.NotFound' };
    await refusal(region, createReplaceRootVolumeTask, input, error, stranger);
  });
});

test('tasks are described by id, instance and tag, to their owner', async () => {
  const { ReplaceRootVolumeTaskId: id } = await create();
  const tagged = { Resources: [id], Tags: [{ Key: 'why', Value: 'test' }] };
  await region.call(createTags, tagged);
  const found = async (input: object, account?: string) =>
    (
      await region.call<DescribeReplaceRootVolumeTasksResult>(describeReplaceRootVolumeTasks, input, account)
    ).ReplaceRootVolumeTasks!.map(task => task.ReplaceRootVolumeTaskId);
  expect(await found({})).toEqual([id]);
  expect(await found({ ReplaceRootVolumeTaskIds: [id] })).toEqual([id]);
  expect(await found({ Filters: [{ Name: 'instance-id', Values: [instanceId] }] })).toEqual([id]);
  expect(await found({ Filters: [{ Name: 'instance-id', Values: ['i-00000001'] }] })).toEqual([]);
  expect(await found({ Filters: [{ Name: 'tag:why', Values: ['test'] }] })).toEqual([id]);
  expect(await found({}, stranger)).toEqual([]);
  const input = { ReplaceRootVolumeTaskIds: [id] };
  const error = { code: 'InvalidReplaceRootVolumeTaskId.NotFound' };
  await refusal(region, describeReplaceRootVolumeTasks, input, error, stranger);
});
