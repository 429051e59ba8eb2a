import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launched } from './fixtures.ts';
import { type JobRegion, jobRegion } from './job-region.ts';

let region: JobRegion;
beforeEach(async () => {
  region = await jobRegion();
});
afterEach(() => region.close());

const instanceOf = (id: string) => region.records.read.instances.get(id);
const later = (seconds: number) => {
  region.time = new Date(region.time.getTime() + seconds * 1000);
};

describe('a guest that shuts itself down', () => {
  test.each([
    ['stop', 'stopped'],
    ['terminate', 'terminated'],
  ])('with the behaviour %s leaves its instance %s', async (behaviour, state) => {
    const { instanceId } = await launched(region, undefined, {
      InstanceInitiatedShutdownBehavior: behaviour,
    });
    region.engine.powerOff(instanceId);
    await region.settle();
    expect(await instanceOf(instanceId)).toMatchObject({
      state,
      stateReason: { code: 'Client.InstanceInitiatedShutdown' },
      stateTransitionReason: 'User initiated (2026-05-10 13:18:12 GMT)',
    });
    expect(await region.disks.holders()).toEqual([]);
  });
});

describe('a guest whose process dies', () => {
  test('boots again on the volumes it had', async () => {
    const { instanceId, root } = await launched(region);
    later(31);
    await region.disks.write(root, 0, Buffer.from('flushed'));
    region.engine.crash(instanceId);
    await region.settle();
    expect(region.engine.guests()).toMatchObject([{ instanceId }]);
    expect(await instanceOf(instanceId)).toMatchObject({ state: 'running', health: 'initializing' });
    expect((await region.disks.read(root, 0, 7)).toString()).toBe('flushed');
  });

  test('again, at once, leaves its instance stopped with the reason', async () => {
    const { instanceId } = await launched(region);
    later(31);
    region.engine.crash(instanceId);
    await region.settle();
    later(29);
    region.engine.crash(instanceId);
    await region.settle();
    expect(await instanceOf(instanceId)).toMatchObject({
      state: 'stopped',
      stateReason: {
        code: 'Server.InternalError',
        message: 'Server.InternalError: The process of the virtual machine died',
      },
    });
    expect(await region.disks.holders()).toEqual([]);
    expect(await region.network.list()).toEqual([]);
  });

  test('boots again, however soon, where it had been seen alive', async () => {
    const { instanceId } = await launched(region);
    await region.records.transaction(async writer =>
      writer.instances.put({ ...(await writer.instances.get(instanceId))!, health: 'ok' }),
    );
    region.engine.crash(instanceId);
    await region.settle();
    expect((await instanceOf(instanceId))?.state).toBe('running');
  });

  test('and cannot be started again leaves its instance stopped, with the reason', async () => {
    const { instanceId } = await launched(region);
    later(31);
    region.engine.start = async () => {
      throw new Error('no memory left');
    };
    region.engine.crash(instanceId);
    await region.settle();
    expect(await instanceOf(instanceId)).toMatchObject({
      state: 'stopped',
      stateReason: {
        message: 'Server.InternalError: The process of the virtual machine died',
      },
    });
  });
});

test('a guest whose volumes are lost is ended and booted again, though its own process lives', async () => {
  const { instanceId } = await launched(region);
  later(31);
  const exits: string[] = [];
  region.engine.onExit((_, exit) => exits.push(exit));
  region.disks.lose(instanceId);
  await region.settle();
  expect(exits).toEqual(['stopped']);
  expect(region.engine.guests()).toMatchObject([{ instanceId }]);
  expect(await region.disks.holders()).toEqual([instanceId]);
});
