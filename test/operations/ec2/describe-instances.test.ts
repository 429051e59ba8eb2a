import type {
  DescribeInstanceStatusResult,
  DescribeInstancesResult,
  GetConsoleOutputResult,
  Instance,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { publicAddressesOf } from '../../../src/domain/network-interface.ts';
import { describeInstanceStatus } from '../../../src/operations/ec2/describe-instance-status.ts';
import { describeInstances } from '../../../src/operations/ec2/describe-instances.ts';
import { getConsoleOutput } from '../../../src/operations/ec2/get-console-output.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { change, imageId, instanceIn, launch, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
});

async function shown(input: object = {}, accountId?: string): Promise<Instance[]> {
  const answer = await region.call<DescribeInstancesResult>(describeInstances, input, accountId);
  return answer.Reservations!.flatMap(reservation => reservation.Instances!);
}
const filter = (Name: string, ...Values: string[]) => ({ Filters: [{ Name, Values }] });

describe('DescribeInstances', () => {
  test('groups instances by launch and shows devices, groups and tags', async () => {
    const launched = await launch(region, {
      MinCount: 2,
      MaxCount: 2,
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web' }] }],
    });
    await launch(region);
    const answer = await region.call<DescribeInstancesResult>(describeInstances, {});
    expect(answer.NextToken).toBeUndefined();
    expect(answer.Reservations!.map(reservation => reservation.Instances!.length).sort()).toEqual([1, 2]);
    const [first] = await shown({ InstanceIds: [launched[0]!.InstanceId!] });
    const [volume] = await region.records.read.volumes.list({ instanceId: first!.InstanceId! });
    expect(first).toMatchObject({
      Tags: [{ Key: 'Name', Value: 'web' }],
      SecurityGroups: [{ GroupName: 'default' }],
      BlockDeviceMappings: [
        {
          DeviceName: '/dev/sda1',
          Ebs: { VolumeId: volume!.volumeId, Status: 'attaching', DeleteOnTermination: true },
        },
      ],
      NetworkInterfaces: [
        {
          Attachment: { DeviceIndex: 0, Status: 'attaching' },
          PrivateIpAddresses: [{ Primary: true }],
        },
      ],
      CpuOptions: { CoreCount: 1, ThreadsPerCore: 2 },
      Monitoring: { State: 'disabled' },
    });
  });

  test('shows a terminated instance for an hour, without addresses, then no more', async () => {
    const id = await instanceIn(region, 'terminated');
    const [gone] = await shown({ InstanceIds: [id] });
    expect(gone).toMatchObject({ State: { Code: 48, Name: 'terminated' }, NetworkInterfaces: [] });
    expect(gone!.PrivateIpAddress).toBeUndefined();
    region.time = new Date(region.time.getTime() + 3_600_000);
    expect(await shown()).toEqual([]);
    await refusal(region, describeInstances, { InstanceIds: [id] }, { code: 'InvalidInstanceID.NotFound' });
  });

  test.each([describeInstances, describeInstanceStatus])('asked for an empty id names the parameter', call =>
    refusal(
      region,
      call,
      { InstanceIds: [''] },
      { code: 'MissingParameter', message: 'The request must contain the parameter InstanceId' },
    ),
  );

  test('does not find an instance of another account', async () => {
    const id = await instanceIn(region, 'running');
    expect(await shown({}, stranger)).toEqual([]);
    await refusal(
      region,
      describeInstances,
      { InstanceIds: [id] },
      { code: 'InvalidInstanceID.NotFound', message: `The instance ID '${id}' does not exist` },
      stranger,
    );
  });

  test('pages through launches without repeating or skipping', async () => {
    for (let i = 0; i < 3; i++) await launch(region, { MaxCount: 4 });
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const answer = await region.call<DescribeInstancesResult>(describeInstances, {
        MaxResults: 5,
        NextToken,
      });
      seen.push(...answer.Reservations!.flatMap(one => one.Instances!.map(instance => instance.InstanceId!)));
      NextToken = answer.NextToken;
    } while (NextToken);
    expect(seen).toHaveLength(12);
    expect(new Set(seen).size).toBe(12);
  });

  test('refuses ids together with MaxResults, and MaxResults out of range', async () => {
    const id = await instanceIn(region, 'running');
    await refusal(
      region,
      describeInstances,
      { InstanceIds: [id], MaxResults: 5 },
      {
        code: 'InvalidParameterCombination',
        message: 'The parameter instancesSet cannot be used with the parameter maxResults',
      },
    );
    await refusal(
      region,
      describeInstances,
      { MaxResults: 4 },
      {
        code: 'InvalidParameterValue',
        message: 'Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.',
      },
    );
  });

  test('filters by what the record says, by tag and by volume; ids and filters intersect', async () => {
    const id = await instanceIn(region, 'running', {
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web-1' }] }],
    });
    const other = await instanceIn(region, 'stopped');
    const [volume] = await region.records.read.volumes.list({ instanceId: id });
    const record = (await region.records.read.instances.get(id))!;
    const found = async (name: string, ...values: string[]) =>
      (await shown(filter(name, ...values))).map(instance => instance.InstanceId);
    expect(await found('instance-state-name', 'running', 'pending')).toEqual([id]);
    expect(await found('instance-state-code', '16')).toEqual([id]);
    expect(await found('tag:Name', 'web-?')).toEqual([id]);
    expect(await found('tag-key', 'Name')).toEqual([id]);
    expect(await found('block-device-mapping.volume-id', volume!.volumeId)).toEqual([id]);
    expect(await found('network-interface.mac-address', record.macAddress)).toEqual([id]);
    const [nic] = await region.records.read.networkInterfaces.list({ instanceId: id });
    expect(await found('ip-address', publicAddressesOf(nic!)[0]!)).toEqual([id]);
    expect(await found('launch-time', '2026-05-10T*')).toHaveLength(2);
    expect(await found('instance.group-name', 'default')).toHaveLength(2);
    expect(await found('image-id', imageId)).toHaveLength(2);
    expect(await found('kernel-id', '*')).toEqual([]);
    expect(await shown({ InstanceIds: [other], ...filter('instance-state-name', 'running') })).toEqual([]);
  });

  test.each(['instance-id', 'reservation-id', 'image-id', 'instance-state-name', 'vpc-id', 'tag:Name'])(
    'finds by %s what is the caller’s alone, page by page',
    async name => {
      await region.records.transaction(async records =>
        records.images.put({
          ...(await records.images.get(imageId))!,
          launchPermissions: [{ group: 'all' }],
        }),
      );
      const tags = [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web' }] }];
      const launched = await launch(region, { MinCount: 7, MaxCount: 7, TagSpecifications: tags });
      const foreign = { ImageId: imageId, MinCount: 2, MaxCount: 2, TagSpecifications: tags };
      await region.call(runInstances, foreign, stranger);
      const all = await region.records.read.instances.list();
      const values: Record<string, string[]> = {
        'instance-id': all.map(one => one.instanceId),
        'reservation-id': all.map(one => one.reservationId),
        'image-id': [imageId],
        'instance-state-name': ['pending'],
        'vpc-id': all.map(one => one.vpcId),
        'tag:Name': ['web'],
      };
      const question = { ...filter(name, ...new Set(values[name]!)), MaxResults: 5 };
      const first = await region.call<DescribeInstancesResult>(describeInstances, question);
      const { NextToken } = first;
      const second = await region.call<DescribeInstancesResult>(describeInstances, {
        ...question,
        NextToken,
      });
      const ids = [first, second].map(answer =>
        answer.Reservations![0]!.Instances!.map(one => one.InstanceId!),
      );
      expect(ids.map(page => page.length)).toEqual([5, 2]);
      expect(ids.flat().sort()).toEqual(launched.map(one => one.InstanceId!).sort());
      expect(second.NextToken).toBeUndefined();
      await refusal(region, describeInstances, { MaxResults: 5, NextToken }, { code: 'InvalidNextToken' });
    },
  );

  test('refuses a filter it does not know', async () => {
    await refusal(region, describeInstances, filter('foo', 'x'), {
      code: 'InvalidParameterValue',
      message: "The filter 'foo' is invalid",
    });
  });
});

describe('DescribeInstanceStatus', () => {
  const statuses = async (input: object = {}) =>
    (await region.call<DescribeInstanceStatusResult>(describeInstanceStatus, input)).InstanceStatuses!;

  test('shows running instances alone, initializing until the guest was seen', async () => {
    const id = await instanceIn(region, 'running');
    await instanceIn(region, 'stopped');
    const initializing = {
      Status: 'initializing',
      Details: [{ Name: 'reachability', Status: 'initializing' }],
    };
    expect(await statuses()).toEqual([
      {
        InstanceId: id,
        AvailabilityZone: 'us-east-1a',
        AvailabilityZoneId: 'use1-az1',
        InstanceState: { Code: 16, Name: 'running' },
        InstanceStatus: initializing,
        SystemStatus: initializing,
        AttachedEbsStatus: initializing,
        Events: [],
      },
    ]);
    await change(region, id, { health: 'ok' });
    expect((await statuses())[0]).toMatchObject({
      InstanceStatus: { Status: 'ok', Details: [{ Status: 'passed' }] },
      SystemStatus: { Status: 'ok' },
    });
  });

  test('blames the guest, not the system, when the guest never answered', async () => {
    const id = await instanceIn(region, 'running');
    await change(region, id, { health: 'impaired' });
    expect((await statuses())[0]).toMatchObject({
      InstanceStatus: {
        Status: 'impaired',
        Details: [{ Status: 'failed', ImpairedSince: new Date('2026-05-10T13:17:12.000Z') }],
      },
      SystemStatus: { Status: 'ok' },
    });
  });

  test('shows the others too when asked, as not applicable', async () => {
    await instanceIn(region, 'stopped');
    expect(await statuses({ IncludeAllInstances: true })).toMatchObject([
      { InstanceState: { Name: 'stopped' }, InstanceStatus: { Status: 'not-applicable' } },
    ]);
  });

  test('filters', async () => {
    const id = await instanceIn(region, 'running');
    await change(region, id, { health: 'ok' });
    expect(await statuses(filter('instance-status.status', 'ok'))).toHaveLength(1);
    expect(await statuses(filter('system-status.reachability', 'failed'))).toEqual([]);
    expect(await statuses(filter('event.code', '*'))).toEqual([]);
    await refusal(region, describeInstanceStatus, filter('foo', 'x'), { code: 'InvalidParameterValue' });
  });
});

describe('GetConsoleOutput', () => {
  test('is base64 of what the guest wrote', async () => {
    region = testRegion({ console: Buffer.from('login:') });
    await putImage(region);
    const id = await instanceIn(region, 'running');
    expect(await region.call(getConsoleOutput, { InstanceId: id })).toEqual({
      InstanceId: id,
      Timestamp: region.time,
      Output: 'bG9naW46',
    });
    await refusal(
      region,
      getConsoleOutput,
      { InstanceId: id },
      { code: 'InvalidInstanceID.NotFound' },
      stranger,
    );
  });

  test('has no output while there is none', async () => {
    const id = await instanceIn(region, 'pending');
    const answer = await region.call<GetConsoleOutputResult>(getConsoleOutput, { InstanceId: id });
    expect(answer.Output).toBeUndefined();
  });
});
