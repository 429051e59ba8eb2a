import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startInstances } from '../../src/operations/ec2/start-instances.ts';
import { stopInstances } from '../../src/operations/ec2/stop-instances.ts';
import { terminateInstances } from '../../src/operations/ec2/terminate-instances.ts';
import { askForInstance, launched, snapshotId } from './fixtures.ts';
import { type JobRegion, jobRegion } from './job-region.ts';

let region: JobRegion;
beforeEach(async () => {
  region = await jobRegion();
});
afterEach(() => region.close());

const instanceOf = (id: string) => region.records.read.instances.get(id);
const volumeOf = (id: string) => region.records.read.volumes.get(id);

/** No guest starts any more. */
function breakEngine() {
  region.engine.start = async () => {
    throw new Error('no memory left');
  };
}

describe('a launch', () => {
  test('runs a guest on its volumes, in its VPC, and settles the records', async () => {
    const { instanceId, root, data } = await launched(region);
    expect(await instanceOf(instanceId)).toMatchObject({ state: 'running', health: 'initializing' });
    expect((await instanceOf(instanceId))?.stateReason).toBeUndefined();
    for (const id of [root, data])
      expect(await volumeOf(id)).toMatchObject({ state: 'in-use', attachment: { state: 'attached' } });
    const [guest] = region.engine.guests();
    expect(guest).toMatchObject({ instanceId, instanceType: 't3.micro', vcpus: 2, memoryMiB: 1024 });
    expect(guest?.disks.map(({ volumeId, device, boot }) => [volumeId, device, boot])).toEqual([
      [root, '/dev/sda1', true],
      [data, '/dev/sdf', false],
    ]);
    const { vpcId } = (await instanceOf(instanceId))!;
    expect(region.network.plan(vpcId)?.endpoints).toMatchObject([{ instanceId }]);
  });

  test('whose snapshot has no manifest ends the instance at once, with the reason', async () => {
    const { instanceId, root, data } = await askForInstance(region);
    await region.blocks.deleteManifest(snapshotId);
    await region.settle();
    expect(await instanceOf(instanceId)).toMatchObject({
      state: 'terminated',
      stateReason: {
        code: 'Client.InvalidSnapshot.NotFound',
        message: `Client.InvalidSnapshot.NotFound: The snapshot '${snapshotId}' does not exist.`,
      },
      stateTransitionReason: 'Client.InvalidSnapshot.NotFound',
    });
    expect((await volumeOf(root))?.state).toBe('deleted');
    expect((await volumeOf(data))?.state).toBe('available');
  });

  test('that fails time after time terminates a new instance and leaves nothing of it', async () => {
    breakEngine();
    const { instanceId } = await launched(region);
    expect(await instanceOf(instanceId)).toMatchObject({
      state: 'terminated',
      stateReason: {
        code: 'Server.InternalError',
        message: expect.stringContaining('An internal error has occurred'),
      },
    });
    expect(await region.disks.holders()).toEqual([]);
    expect(await region.network.list()).toEqual([]);
  });

  test('that fails stops an instance that ran before, which keeps its volumes', async () => {
    const { instanceId, root } = await launched(region);
    await region.call(stopInstances, { InstanceIds: [instanceId] });
    await region.settle();
    breakEngine();
    await region.call(startInstances, { InstanceIds: [instanceId] });
    await region.settle();
    expect(await instanceOf(instanceId)).toMatchObject({
      state: 'stopped',
      stateReason: { message: expect.stringContaining('An internal error has occurred') },
    });
    expect(await volumeOf(root)).toMatchObject({ state: 'in-use', attachment: { state: 'attached' } });
  });

  test('that fails while the instance is being terminated ends as asked for', async () => {
    const { instanceId } = await askForInstance(region);
    region.engine.start = async () => {
      await region.call(terminateInstances, { InstanceIds: [instanceId] });
      throw new Error('too late');
    };
    await region.settle();
    expect(await instanceOf(instanceId)).toMatchObject({
      state: 'terminated',
      stateReason: { code: 'Client.UserInitiatedShutdown' },
    });
  });

  test('of a guest that dies before its instance is on record as running ends with a stopped one', async () => {
    const { start } = region.engine;
    region.engine.start = async guest => {
      const started = await start(guest);
      region.engine.crash(guest.instanceId);
      return started;
    };
    const { instanceId } = await launched(region);
    expect((await instanceOf(instanceId))?.state).toBe('stopped');
    expect(region.engine.guests()).toEqual([]);
  });

  test('of a guest that shuts itself down at once ends with the instance stopped and its volumes attached', async () => {
    const { start } = region.engine;
    region.engine.start = async guest => {
      const started = await start(guest);
      region.engine.powerOff(guest.instanceId);
      await region.records.transaction(async () => {}); // what follows the exit is on record first
      return started;
    };
    const { instanceId, root } = await launched(region);
    expect(await instanceOf(instanceId)).toMatchObject({
      state: 'stopped',
      stateReason: { code: 'Client.InstanceInitiatedShutdown' },
    });
    expect(await volumeOf(root)).toMatchObject({ state: 'in-use', attachment: { state: 'attached' } });
  });
});
