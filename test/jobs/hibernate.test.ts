import { afterEach, describe, expect, test } from 'vitest';
import { attachVolume } from '../../src/operations/ec2/attach-volume.ts';
import { createVolume } from '../../src/operations/ec2/create-volume.ts';
import { startInstances } from '../../src/operations/ec2/start-instances.ts';
import { stopInstances } from '../../src/operations/ec2/stop-instances.ts';
import { terminateInstances } from '../../src/operations/ec2/terminate-instances.ts';
import { createKey } from '../../src/operations/kms/create-key.ts';
import { disableKey } from '../../src/operations/kms/disable-key.ts';
import { enableKey } from '../../src/operations/kms/enable-key.ts';
import { launched } from './fixtures.ts';
import { type JobRegion, jobRegion } from './job-region.ts';
import { aLife, type Life } from './mortal.ts';

let region: JobRegion;
let instanceId: string;
afterEach(() => region.close());

const configured = {
  HibernationOptions: { Configured: true },
  BlockDeviceMappings: [
    { DeviceName: '/dev/sda1', Ebs: { Encrypted: true } },
    { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } },
  ],
};
const instance = async () => (await region.records.read.instances.get(instanceId))!;
const boots = async () =>
  (await region.engine.consoleOutput(instanceId)).toString().split('hello').length - 1;
const hibernate = () => region.call(stopInstances, { InstanceIds: [instanceId], Hibernate: true });
const start = () => region.call(startInstances, { InstanceIds: [instanceId] });

async function running(life = aLife(), settle = () => region.settle()): Promise<void> {
  region = await jobRegion(life);
  ({ instanceId } = await launched(region, settle, configured));
}

async function settleWith(life: Life): Promise<void> {
  await Promise.race([region.settle(), life.death]);
  if (!life.dead) return;
  if (!life.succeeded) await region.restart();
  life.succeeded = true;
  await region.settle();
}

describe('a hibernation', () => {
  test('stops the instance with its memory kept, from which it goes on once', async () => {
    await running();
    await hibernate();
    await region.settle();
    expect(await instance()).toMatchObject({
      state: 'stopped',
      hibernated: true,
      stateReason: {
        code: 'Client.UserInitiatedHibernate',
        message: 'Client.UserInitiatedHibernate: User initiated hibernate',
      },
    });
    expect(region.engine.memories()).toEqual([instanceId]);
    expect(region.engine.guests()).toEqual([]);
    expect(await region.disks.holders()).toEqual([]);
    await start();
    await region.settle();
    expect(await instance()).toMatchObject({ state: 'running' });
    expect(await instance()).not.toHaveProperty('hibernated');
    expect(await instance()).not.toHaveProperty('stateReason');
    expect(await boots()).toBe(1);
    await region.call(stopInstances, { InstanceIds: [instanceId] });
    await region.settle();
    await start();
    await region.settle();
    expect(await boots()).toBe(2);
  });

  test('that cannot be done is a shutdown, with the reason', async () => {
    await running();
    region.engine.hibernate = async () => {
      throw new Error('no space left on /data');
    };
    await hibernate();
    await region.settle();
    expect(await instance()).toMatchObject({
      state: 'stopped',
      stateReason: {
        code: 'Server.InternalError',
        message: expect.stringContaining('could not be hibernated and was shut down'),
      },
    });
    expect((await instance()).stateReason!.message).not.toContain('/data');
    expect(await instance()).not.toHaveProperty('hibernated');
  });

  test('waits for a volume that is on its way to the guest', async () => {
    await running();
    const { VolumeId } = await region.call<{ VolumeId: string }>(createVolume, {
      ...{ AvailabilityZone: 'us-east-1a', Size: 1 },
    });
    await region.settle();
    const { attach } = region.engine;
    region.engine.attach = async (...args) => {
      region.engine.attach = attach;
      await hibernate();
      await attach(...args);
    };
    await region.call(attachVolume, { VolumeId, InstanceId: instanceId, Device: '/dev/sdg' });
    await region.settle();
    expect(await instance()).toMatchObject({ state: 'stopped', hibernated: true });
    await start();
    await region.settle();
    expect(await boots()).toBe(1);
    expect(region.engine.disks(instanceId)).toContain(VolumeId);
  });

  test('after which the memory is lost ends with an instance that has booted, and says so', async () => {
    await running();
    await hibernate();
    await region.settle();
    await region.engine.discardMemory(instanceId);
    await start();
    await region.settle();
    expect(await instance()).toMatchObject({
      state: 'running',
      stateReason: {
        code: 'Server.InternalError',
        message: expect.stringContaining('has booted instead of going on: its memory is not there'),
      },
    });
    expect(await boots()).toBe(2);
  });

  test('after which its key is disabled is gone on from when that is enabled again', async () => {
    region = await jobRegion();
    const { KeyMetadata } = await region.call<{ KeyMetadata: { KeyId: string } }>(createKey, {});
    const { KeyId } = KeyMetadata;
    ({ instanceId } = await launched(region, () => region.settle(), {
      ...configured,
      BlockDeviceMappings: [
        { DeviceName: '/dev/sda1', Ebs: { Encrypted: true, KmsKeyId: KeyId } },
        configured.BlockDeviceMappings[1],
      ],
    }));
    await hibernate();
    await region.settle();
    await region.call(disableKey, { KeyId });
    await start();
    await region.settle();
    expect(await instance()).toMatchObject({
      state: 'stopped',
      hibernated: true,
      stateReason: { code: 'Client.InternalError' },
    });
    await region.call(enableKey, { KeyId });
    await start();
    await region.settle();
    expect((await instance()).state).toBe('running');
    expect(await boots()).toBe(1);
  });

  test.each(['before', 'after'])('and a termination %s it leave no memory', async when => {
    await running();
    await hibernate();
    if (when === 'after') await region.settle();
    await region.call(terminateInstances, { InstanceIds: [instanceId] });
    await region.settle();
    expect((await instance()).state).toBe('terminated');
    expect(region.engine.memories()).toEqual([]);
  });
});

/** A hibernation and a start, by a server that dies in between. */
async function hibernation(life: Life) {
  await running(life, () => settleWith(life));
  await hibernate();
  await settleWith(life);
  const { state, hibernated } = await instance();
  const [holders, guests] = [await region.disks.holders(), region.engine.guests().length];
  await start();
  await settleWith(life);
  const { stateReason, ...after } = await instance();
  return {
    ...{ state, hibernated, holders, guests, stateReason, after: after.state },
    stillHibernated: after.hibernated,
    boots: await boots(),
    memories: region.engine.memories(),
    jobs: await region.records.read.jobs.list(),
  };
}

test('a server killed before any of its steps hibernates and resumes all the same, once', {
  timeout: 120_000,
}, async () => {
  const life = aLife();
  const expected = await hibernation(life);
  expect(expected).toEqual({
    ...{ state: 'stopped', hibernated: true, holders: [], guests: 0, after: 'running' },
    ...{ stillHibernated: undefined, stateReason: undefined, boots: 1, memories: [], jobs: [] },
  });
  await region.close();
  for (let dieAt = 1; dieAt <= life.calls; dieAt++) {
    const seen = await hibernation(aLife(dieAt)).catch(error => ({ error }));
    expect({ dieAt, ...seen }).toEqual({ dieAt, ...expected });
    await region.close();
  }
});
