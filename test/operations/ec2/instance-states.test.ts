import type {
  StartInstancesResult,
  StopInstancesResult,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { instanceStateCodes } from '../../../src/domain/instance.ts';
import { instanceActions } from '../../../src/domain/instance-state.ts';
import { publicAddressesOf } from '../../../src/domain/network-interface.ts';
import { rebootInstances } from '../../../src/operations/ec2/reboot-instances.ts';
import { startInstances } from '../../../src/operations/ec2/start-instances.ts';
import { stopInstances } from '../../../src/operations/ec2/stop-instances.ts';
import { terminateInstances } from '../../../src/operations/ec2/terminate-instances.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';
import { change, instanceIn, launch, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(async () => {
  region = testRegion();
  await putImage(region);
});

const publicIp = async (instanceId: string) =>
  (await region.records.read.networkInterfaces.list({ instanceId })).flatMap(publicAddressesOf)[0];
const get = async (id: string) => (await region.records.read.instances.get(id))!;
const operations = {
  start: startInstances,
  stop: stopInstances,
  reboot: rebootInstances,
  terminate: terminateInstances,
};

describe('the table of states', () => {
  const states = Object.keys(instanceStateCodes) as (keyof typeof instanceStateCodes)[];
  const actions = Object.keys(operations) as (keyof typeof operations)[];
  test.each(actions.flatMap(action => states.map(state => [action, state] as const)))(
    'decides what %s does to an instance that is %s',
    async (action, state) => {
      const id = await instanceIn(region, state);
      region.jobs.length = 0;
      const effect = instanceActions[action][state];
      const call = region.call(operations[action], { InstanceIds: [id] });
      if (!effect) await expect(call).rejects.toMatchObject({ code: 'IncorrectInstanceState' });
      else await call;
      expect((await get(id)).state).toBe(effect === 'same' || !effect ? state : effect);
      expect(region.jobs.map(job => job.subject)).toEqual(effect && effect !== 'same' ? [id] : []);
    },
  );
});

describe('StopInstances', () => {
  test('is written at once, with its reasons, and a job does it', async () => {
    const id = await instanceIn(region, 'running');
    region.jobs.length = 0;
    const answer = await region.call<StopInstancesResult>(stopInstances, { InstanceIds: [id] });
    expect(answer.StoppingInstances).toEqual([
      {
        InstanceId: id,
        PreviousState: { Code: 16, Name: 'running' },
        CurrentState: { Code: 64, Name: 'stopping' },
      },
    ]);
    expect(await get(id)).toMatchObject({
      stateTransitionReason: 'User initiated (2026-05-10 13:17:12 GMT)',
      stateReason: {
        code: 'Client.UserInitiatedShutdown',
        message: 'Client.UserInitiatedShutdown: User initiated shutdown',
      },
    });
    expect(region.jobs).toEqual([
      { kind: 'stop-instance', subject: id, input: { instanceId: id, force: false } },
    ]);
  });

  test('with Force pulls the plug', async () => {
    const id = await instanceIn(region, 'running');
    await region.call(stopInstances, { InstanceIds: [id], Force: true });
    expect(region.jobs.at(-1)).toMatchObject({ kind: 'stop-instance', input: { force: true } });
  });

  test('of a pending instance is refused with "This instance"', async () => {
    const id = await instanceIn(region, 'pending');
    await refusal(
      region,
      stopInstances,
      { InstanceIds: [id] },
      {
        code: 'IncorrectInstanceState',
        message: `This instance '${id}' is not in a state from which it can be stopped.`,
      },
    );
  });

  test('of an instance-store instance is refused, and so is its start', async () => {
    const id = await instanceIn(region, 'running');
    await change(region, id, { rootDeviceType: 'instance-store' });
    const because = `The instance '${id}' does not have an 'ebs' root device type and cannot be`;
    await refusal(
      region,
      stopInstances,
      { InstanceIds: [id] },
      { code: 'UnsupportedOperation', message: `${because} stopped.` },
    );
    await refusal(
      region,
      startInstances,
      { InstanceIds: [id] },
      { code: 'UnsupportedOperation', message: `${because} started.` },
    );
  });

  test('of a stop-protected instance and a hibernation are refused', async () => {
    const id = await instanceIn(region, 'running', { DisableApiStop: true });
    await refusal(region, stopInstances, { InstanceIds: [id] }, { code: 'OperationNotPermitted' });
    await refusal(
      region,
      stopInstances,
      { InstanceIds: [id], Hibernate: true },
      { code: 'UnsupportedHibernationConfiguration' },
    );
  });

  test('of several stops none when one cannot be stopped', async () => {
    const good = await instanceIn(region, 'running');
    const bad = await instanceIn(region, 'pending');
    await refusal(region, stopInstances, { InstanceIds: [good, bad] }, { code: 'IncorrectInstanceState' });
    expect((await get(good)).state).toBe('running');
  });
});

describe('StartInstances', () => {
  test('gives a new public address and launch time, and keeps the private address', async () => {
    const [launched] = await launch(region);
    const id = launched!.InstanceId!;
    const leased = await publicIp(id);
    await change(region, id, { state: 'stopped' });
    const before = await get(id);
    expect(await publicIp(id)).toBeUndefined();
    region.time = new Date('2026-05-11T00:00:00.000Z');
    region.jobs.length = 0;
    const answer = await region.call<StartInstancesResult>(startInstances, { InstanceIds: [id] });
    expect(answer.StartingInstances).toEqual([
      {
        InstanceId: id,
        PreviousState: { Code: 80, Name: 'stopped' },
        CurrentState: { Code: 0, Name: 'pending' },
      },
    ]);
    const after = await get(id);
    expect(after).toMatchObject({
      launchTime: '2026-05-11T00:00:00.000Z',
      privateIpAddress: before.privateIpAddress,
      health: 'initializing',
    });
    expect(await publicIp(id)).toMatch(/^127\.77\./);
    expect(await publicIp(id)).not.toBe(leased);
    expect(region.jobs).toEqual([{ kind: 'launch-instance', subject: id, input: { instanceId: id } }]);
  });

  test('gives none to an instance launched without', async () => {
    const id = await instanceIn(region, 'stopped', {
      NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: false }],
    });
    await region.call(startInstances, { InstanceIds: [id] });
    expect(await publicIp(id)).toBeUndefined();
  });

  test('does not need the image any more', async () => {
    const image = await putImage(region);
    const id = await instanceIn(region, 'stopped');
    await putImage(region, { ...image, state: 'deregistered' });
    await region.call(startInstances, { InstanceIds: [id] });
    expect((await get(id)).state).toBe('pending');
  });

  test('is refused with "The instance" while stopping, and without a root volume', async () => {
    const stopping = await instanceIn(region, 'stopping');
    await refusal(
      region,
      startInstances,
      { InstanceIds: [stopping] },
      {
        code: 'IncorrectInstanceState',
        message: `The instance '${stopping}' is not in a state from which it can be started.`,
      },
    );
    const id = await instanceIn(region, 'stopped');
    await region.records.transaction(async records => {
      for (const volume of await records.volumes.list({ instanceId: id }))
        await records.volumes.put({ ...volume, attachment: undefined });
    });
    await refusal(
      region,
      startInstances,
      { InstanceIds: [id] },
      {
        code: 'InvalidParameterValue',
        message: `Invalid value '${id}' for instanceId. Instance does not have a volume attached at root (/dev/sda1)`,
      },
    );
  });
});

describe('TerminateInstances', () => {
  test('succeeds again and again', async () => {
    const id = await instanceIn(region, 'running');
    const answer = await region.call<TerminateInstancesResult>(terminateInstances, { InstanceIds: [id] });
    expect(answer.TerminatingInstances).toMatchObject([
      { PreviousState: { Name: 'running' }, CurrentState: { Code: 32, Name: 'shutting-down' } },
    ]);
    expect(region.jobs.at(-1)).toEqual({
      kind: 'terminate-instance',
      subject: id,
      input: { instanceId: id },
    });
    await change(region, id, { state: 'terminated', terminatedTime: region.time.toISOString() });
    const again = await region.call<TerminateInstancesResult>(terminateInstances, { InstanceIds: [id] });
    expect(again.TerminatingInstances).toMatchObject([
      { PreviousState: { Code: 48 }, CurrentState: { Code: 48 } },
    ]);
  });

  test('of a bad id with good ones terminates nothing', async () => {
    const id = await instanceIn(region, 'running');
    await refusal(
      region,
      terminateInstances,
      { InstanceIds: [id, 'i-0000000000000dead', 'i-0000000000000beef'] },
      {
        code: 'InvalidInstanceID.NotFound',
        message: "The instance IDs 'i-0000000000000dead, i-0000000000000beef' do not exist",
      },
    );
    expect((await get(id)).state).toBe('running');
  });

  test.each([
    ['DisableApiTermination', 'disableApiTermination'],
    ['DisableApiStop', 'disableApiStop'],
  ])(
    '%s saves the instance and its neighbours of the zone, not those elsewhere',
    async (parameter, attribute) => {
      const saved = await instanceIn(region, 'running', { [parameter]: true });
      const neighbour = await instanceIn(region, 'running');
      const elsewhere = await instanceIn(region, 'running', {
        Placement: { AvailabilityZone: 'us-east-1b' },
      });
      const ids = { InstanceIds: [saved, neighbour, elsewhere] };
      const error = {
        code: 'OperationNotPermitted',
        message: `The instance '${saved}' may not be terminated. Modify its '${attribute}' instance attribute and try again.`,
      };
      await refusal(region, terminateInstances, { ...ids, DryRun: true }, error);
      expect((await get(elsewhere)).state).toBe('running');
      await refusal(region, terminateInstances, ids, error);
      expect([(await get(saved)).state, (await get(neighbour)).state, (await get(elsewhere)).state]).toEqual([
        'running',
        'running',
        'shutting-down',
      ]);
    },
  );

  test('fails the images that were being made of the instance', async () => {
    const id = await instanceIn(region, 'running');
    const making = 'ami-00000000000000009';
    await putImage(region, { imageId: making, name: 'making', state: 'pending', sourceInstanceId: id });
    await region.call(terminateInstances, { InstanceIds: [id] });
    expect(await region.records.read.images.get(making)).toMatchObject({
      state: 'failed',
      stateReason: { code: 'Client.InstanceTerminated' },
    });
  });
});

describe('every one of them', () => {
  test.each(Object.entries(operations))(
    '%s wants well-formed ids of the own account',
    async (_name, operation) => {
      const id = await instanceIn(region, 'running');
      await refusal(
        region,
        operation,
        {},
        { code: 'InvalidParameterCombination', message: 'No instances specified' },
      );
      await refusal(
        region,
        operation,
        { InstanceIds: ['vol-1'] },
        { code: 'InvalidInstanceID.Malformed', message: 'Invalid id: "vol-1" (expecting "i-...")' },
      );
      await refusal(
        region,
        operation,
        { InstanceIds: [id] },
        { code: 'InvalidInstanceID.NotFound', message: `The instance ID '${id}' does not exist` },
        stranger,
      );
    },
  );

  test.each(Object.entries(operations))('%s with DryRun changes nothing', async (name, operation) => {
    const state = name === 'start' ? 'stopped' : 'running';
    const id = await instanceIn(region, state);
    const before = await get(id);
    await refusal(
      region,
      operation,
      { InstanceIds: [id], DryRun: true },
      { code: 'DryRunOperation', status: 412 },
    );
    expect(await get(id)).toEqual(before);
  });
});
