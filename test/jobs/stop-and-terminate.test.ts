import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { publicAddressesOf } from '../../src/domain/network-interface.ts';
import { rebootInstances } from '../../src/operations/ec2/reboot-instances.ts';
import { startInstances } from '../../src/operations/ec2/start-instances.ts';
import { stopInstances } from '../../src/operations/ec2/stop-instances.ts';
import { terminateInstances } from '../../src/operations/ec2/terminate-instances.ts';
import { launched } from './fixtures.ts';
import { type JobRegion, jobRegion } from './job-region.ts';

let region: JobRegion;
let ids: Awaited<ReturnType<typeof launched>>;
beforeEach(async () => {
  region = await jobRegion();
  ids = await launched(region);
});
afterEach(() => region.close());

const instance = async () => (await region.records.read.instances.get(ids.instanceId))!;
const call = (operation: typeof stopInstances) => region.call(operation, { InstanceIds: [ids.instanceId] });

describe('a stop', () => {
  test('shuts the guest down, closes its volumes and keeps them, and gives its public address back', async () => {
    await call(stopInstances);
    await region.settle();
    expect(await instance()).toMatchObject({ state: 'stopped' });
    const [nic] = await region.records.read.networkInterfaces.list({ instanceId: ids.instanceId });
    expect(publicAddressesOf(nic!)).toEqual([]);
    expect(region.engine.guests()).toEqual([]);
    expect(await region.disks.holders()).toEqual([]);
    expect(await region.disks.list()).toEqual([ids.root, ids.data].sort());
    expect(await region.network.list()).toEqual([]);
  });

  test('and a start boot the same bytes again', async () => {
    await region.disks.write(ids.root, 0, Buffer.from('kept'));
    await call(stopInstances);
    await region.settle();
    await call(startInstances);
    await region.settle();
    expect(await instance()).toMatchObject({ state: 'running', health: 'initializing' });
    expect((await region.disks.read(ids.root, 0, 4)).toString()).toBe('kept');
  });

  test('during which the instance is terminated does not end with a stopped one', async () => {
    const { shutdown } = region.engine;
    region.engine.shutdown = async (...args) => {
      await call(terminateInstances);
      await shutdown(...args);
    };
    await call(stopInstances);
    await region.settle();
    expect((await instance()).state).toBe('terminated');
    expect(await region.disks.list()).toEqual([ids.data]);
  });
});

describe('a reboot', () => {
  test('leaves the instance running and its health to be seen again', async () => {
    await region.records.transaction(async writer =>
      writer.instances.put({ ...(await instance()), health: 'ok' }),
    );
    let downs = 0;
    region.engine.onExit(() => downs++);
    await call(rebootInstances);
    await region.settle();
    expect(downs).toBe(1);
    expect(await instance()).toMatchObject({ state: 'running', health: 'initializing' });
    expect(region.engine.guests()).toHaveLength(1);
  });

  test('whose guest obeys when its server has died is gone on with by the next', async () => {
    // It is found to have shut itself down: nobody knows any more who asked.
    region.engine.shutdown = async instanceId => region.engine.powerOff(instanceId);
    await call(rebootInstances);
    await region.settle();
    expect(await instance()).toMatchObject({ state: 'running' });
    expect(region.engine.guests()).toHaveLength(1);
    expect(await region.records.read.jobs.list()).toEqual([]);
  });

  test.each([
    ['stopped', stopInstances],
    ['terminated', terminateInstances],
  ])('during which the instance is %s does not undo that', async (state, operation) => {
    const { shutdown } = region.engine;
    region.engine.shutdown = async (...args) => {
      region.engine.shutdown = shutdown;
      await call(operation);
      await shutdown(...args);
    };
    await call(rebootInstances);
    await region.settle();
    expect((await instance()).state).toBe(state);
    expect(region.engine.guests()).toEqual([]);
  });

  test('after which the guest does not start leaves the instance stopped, with the reason', async () => {
    region.engine.start = async () => {
      throw new Error('no memory left');
    };
    await call(rebootInstances);
    await region.settle();
    expect(await instance()).toMatchObject({
      state: 'stopped',
      stateReason: { code: 'Server.InternalError', message: 'Server.InternalError: no memory left' },
    });
  });
});

describe('a termination', () => {
  test('deletes the volumes that go with the instance, and lets go of the others', async () => {
    await call(terminateInstances);
    await region.settle();
    expect(await instance()).toMatchObject({
      state: 'terminated',
      terminatedTime: region.time.toISOString(),
    });
    const { volumes } = region.records.read;
    expect(await volumes.get(ids.root)).toMatchObject({
      state: 'deleted',
      deletedTime: region.time.toISOString(),
    });
    expect((await volumes.get(ids.root))?.attachment).toBeUndefined();
    expect((await volumes.get(ids.data))?.state).toBe('available');
    expect((await volumes.get(ids.data))?.attachment).toBeUndefined();
    expect(await region.disks.list()).toEqual([ids.data]);
    expect(await region.network.list()).toEqual([]);
  });

  test('leaves the console to be read', async () => {
    await call(terminateInstances);
    await region.settle();
    expect((await region.engine.consoleOutput(ids.instanceId)).toString()).toContain('hello');
  });

  test('is tried again where the network was not to be had', async () => {
    const { remove } = region.network;
    let failures = 2;
    region.network.remove = async vpcId => {
      if (failures-- > 0) throw new Error('no namespace');
      await remove(vpcId);
    };
    await call(terminateInstances);
    await region.settle();
    expect(failures).toBe(-1);
    expect(await region.network.list()).toEqual([]);
  });
});
