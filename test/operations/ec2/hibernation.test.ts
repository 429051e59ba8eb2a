import type { DescribeInstancesResult, DescribeInstanceTypesResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { attachVolume } from '../../../src/operations/ec2/attach-volume.ts';
import { createVolume } from '../../../src/operations/ec2/create-volume.ts';
import { describeInstanceTypes } from '../../../src/operations/ec2/describe-instance-types.ts';
import { describeInstances } from '../../../src/operations/ec2/describe-instances.ts';
import { detachVolume } from '../../../src/operations/ec2/detach-volume.ts';
import { modifyInstanceAttribute } from '../../../src/operations/ec2/modify-instance-attribute.ts';
import { modifyVolume } from '../../../src/operations/ec2/modify-volume.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { stopInstances } from '../../../src/operations/ec2/stop-instances.ts';
import { type TestRegion, testRegion } from '../region.ts';
import { change, imageId, instanceIn, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
});

const root = (Ebs: object = {}) => [{ DeviceName: '/dev/sda1', Ebs: { Encrypted: true, ...Ebs } }];
const configured = { HibernationOptions: { Configured: true }, BlockDeviceMappings: root() };
const code = 'UnsupportedHibernationConfiguration';

describe('a launch configured for hibernation', () => {
  test('shows so, and is found by it', async () => {
    const [id] = [await instanceIn(region, 'running', configured), await instanceIn(region, 'running')];
    const { Reservations } = await region.call<DescribeInstancesResult>(describeInstances, {
      Filters: [{ Name: 'hibernation-options.configured', Values: ['true'] }],
    });
    expect(Reservations!.map(({ Instances }) => Instances![0]!.InstanceId)).toEqual([id]);
    expect(Reservations![0]!.Instances![0]!.HibernationOptions).toEqual({ Configured: true });
  });

  const launch = { ImageId: imageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro', ...configured };
  test.each<[string, object, string | RegExp]>([
    [
      'a plain root',
      { BlockDeviceMappings: [] },
      'For hibernation, the root device volume must be encrypted.',
    ],
    ['a type that cannot', { InstanceType: 'r6i.large' }, /'r6i.large' is not supported/],
    ['a root smaller than the memory', { InstanceType: 'r5.large' }, /8 GiB is less than the 16384 MiB/],
  ])('is refused with %s', async (_, input, message) => {
    await refusal(
      region,
      runInstances,
      { ...launch, ...input },
      { code, message: typeof message === 'string' ? message : expect.stringMatching(message) },
    );
    expect(await region.records.read.instances.list()).toEqual([]);
  });

  test('is refused with an image that boots in UEFI mode', async () => {
    await putImage(region, { bootMode: 'uefi' });
    await refusal(region, runInstances, launch, { code, message: expect.stringMatching(/UEFI/) });
  });
});

test('the types that can hibernate are told', async () => {
  const { InstanceTypes } = await region.call<DescribeInstanceTypesResult>(describeInstanceTypes, {
    Filters: [{ Name: 'hibernation-supported', Values: ['true'] }],
  });
  const names = InstanceTypes!.map(type => type.InstanceType);
  expect(names).toContain('t3.nano');
  expect(names).not.toContain('t4g.nano');
  expect(InstanceTypes!.every(type => type.HibernationSupported)).toBe(true);
});

describe('a stop with Hibernate', () => {
  test('is written at once, with its reason, and a job does it', async () => {
    const id = await instanceIn(region, 'running', configured);
    region.jobs.length = 0;
    await region.call(stopInstances, { InstanceIds: [id], Hibernate: true });
    expect(await region.records.read.instances.get(id)).toMatchObject({
      state: 'stopping',
      stateReason: {
        code: 'Client.UserInitiatedHibernate',
        message: 'Client.UserInitiatedHibernate: User initiated hibernate',
      },
      stateTransitionReason: 'User initiated (2026-05-10 13:17:12 GMT)',
    });
    expect(region.jobs).toEqual([
      { kind: 'stop-instance', subject: id, input: { instanceId: id, force: false, hibernate: true } },
    ]);
  });

  test('is refused of an instance that was not configured, or has no EBS root, and with Force', async () => {
    const id = await instanceIn(region, 'running');
    const stop = { InstanceIds: [id], Hibernate: true };
    await refusal(region, stopInstances, stop, {
      code,
      message: `The instance can't be hibernated because it was not configured at launch for hibernation: ${id}`,
    });
    await refusal(region, stopInstances, { ...stop, Force: true }, { code: 'InvalidParameterCombination' });
    await change(region, id, { rootDeviceType: 'instance-store', hibernationConfigured: true });
    await refusal(region, stopInstances, stop, { code: 'UnsupportedOperation' });
  });
});

test('a hibernated instance keeps its type and its volumes', async () => {
  const id = await instanceIn(region, 'stopped', configured);
  const [volume] = await region.records.read.volumes.list({ instanceId: id });
  const { volumeId } = volume!;
  await region.records.transaction(writer =>
    writer.volumes.put({
      ...volume!,
      state: 'in-use',
      attachment: { ...volume!.attachment!, state: 'attached' },
    }),
  );
  const { VolumeId } = await region.call<{ VolumeId: string }>(createVolume, {
    ...{ AvailabilityZone: volume!.availabilityZone, Size: 1 },
  });
  await region.records.transaction(async writer =>
    writer.volumes.put({ ...(await writer.volumes.get(VolumeId))!, state: 'available' }),
  );
  await change(region, id, { hibernated: true });
  const error = { code: 'IncorrectInstanceState', message: expect.stringContaining('is hibernated') };
  await refusal(region, detachVolume, { VolumeId: volumeId }, error);
  await refusal(region, modifyVolume, { VolumeId: volumeId, Size: 9 }, error);
  await refusal(region, attachVolume, { VolumeId, InstanceId: id, Device: '/dev/sdf' }, error);
  const type = { InstanceId: id, InstanceType: { Value: 't3.small' } };
  await refusal(region, modifyInstanceAttribute, type, error);
  await change(region, id, { hibernated: undefined });
  await region.call(modifyInstanceAttribute, type);
  await region.call(attachVolume, { VolumeId, InstanceId: id, Device: '/dev/sdf' });
});
