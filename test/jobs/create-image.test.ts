import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import { createImage } from '../../src/operations/ec2/create-image.ts';
import { deregisterImage } from '../../src/operations/ec2/deregister-image.ts';
import { rebootInstances } from '../../src/operations/ec2/reboot-instances.ts';
import { terminateInstances } from '../../src/operations/ec2/terminate-instances.ts';
import type { WriteSession } from '../../src/stores/blocks/block-store.ts';
import { fixture, mbrDisk } from '../support/disks.ts';
import { launched } from './fixtures.ts';
import { type JobRegion, jobRegion } from './job-region.ts';

let region: JobRegion;
let ids: Awaited<ReturnType<typeof launched>>;
beforeEach(async () => {
  region = await jobRegion();
  ids = await launched(region);
  await region.disks.write(ids.root, 3 * blockSize, Buffer.from('before'));
});
afterEach(() => region.close());

async function create(input: object = {}) {
  const { ImageId } = await region.call<{ ImageId: string }>(createImage, {
    ...{ InstanceId: ids.instanceId, Name: 'copy' },
    ...input,
  });
  const image = async () => (await region.records.read.images.get(ImageId))!;
  const mappings = (await image()).blockDeviceMappings;
  const snapshotIds = mappings.map(mapping => mapping.ebs!.snapshotId!);
  const snapshots = async () =>
    Promise.all(snapshotIds.map(async id => (await region.records.read.snapshots.get(id))!));
  return { ImageId, image, snapshotIds, snapshots };
}

/** Has `work` done before each block is staged. */
function beforePut(work: (session: string) => Promise<unknown>): void {
  const { openSession } = region.blocks;
  region.blocks.openSession = async (...args) => {
    const session = await openSession(...args);
    const put: WriteSession['put'] = async (...block) => {
      await work(args[0]);
      await session.put(...block);
    };
    return { ...session, put };
  };
}

const readAt = async (snapshotId: string, index: number, length: number) =>
  (await region.snapshotBytes(snapshotId, index * blockSize, length)).toString('latin1');

describe('an image', () => {
  test('is made of the volumes as the guest left them when it was shut down, and the guest runs again', async () => {
    const exits: string[] = [];
    const { shutdown } = region.engine;
    region.engine.shutdown = async (...args) => {
      await region.disks.write(ids.root, 4 * blockSize, Buffer.from('buffered'));
      await shutdown(...args);
      exits.push('down');
    };
    beforePut(() => region.disks.write(ids.root, 3 * blockSize, Buffer.from('after!')));
    const { image, snapshots, snapshotIds } = await create();
    await region.settle();
    expect((await image()).state).toBe('available');
    expect(exits).toEqual(['down']);
    expect(region.engine.guests()).toHaveLength(1);
    expect(await snapshots()).toMatchObject([
      { state: 'completed', progress: 100, completionTime: region.time.toISOString() },
      { state: 'completed', progress: 100, fullSnapshotSizeInBytes: 0 },
    ]);
    expect((await snapshots())[0]?.fullSnapshotSizeInBytes).toBe(3 * blockSize);
    expect(await readAt(snapshotIds[0]!, 1, 1)).toBe('\x01');
    expect(await readAt(snapshotIds[0]!, 3, 6)).toBe('before');
    expect(await readAt(snapshotIds[0]!, 4, 8)).toBe('buffered');
  });

  test('is of the platform that its root disk shows when it is made', async () => {
    await region.disks.write(ids.root, 0, mbrDisk([{ type: 7, contents: fixture('ntfs') }]));
    const { image, ImageId, snapshotIds } = await create();
    await region.settle();
    expect(await image()).toMatchObject({
      platformDetails: 'Windows BYOL',
      usageOperation: 'RunInstances:0800',
    });
    const [root, data] = await Promise.all(snapshotIds.map(id => region.records.read.snapshots.get(id)));
    expect(root?.disk?.operatingSystem?.family).toBe('windows');
    expect(data?.disk).toEqual({ uefi: false });
    const described = (await region.records.read.tags.list()).map(({ resourceId, tags }) => [
      resourceId,
      tags,
    ]);
    const tags = { 'aws:amity:disk': 'Windows Server 2022 Standard, x86_64, boots with BIOS' };
    expect(described).toEqual(
      expect.arrayContaining([
        [ImageId, tags],
        [snapshotIds[0], tags],
      ]),
    );
    expect(described).toHaveLength(2);
  });

  test('without reboot leaves the guest alone', async () => {
    region.engine.shutdown = async () => {
      throw new Error('not asked for');
    };
    const { image, snapshotIds } = await create({ NoReboot: true });
    await region.settle();
    expect((await image()).state).toBe('available');
    expect(await readAt(snapshotIds[0]!, 3, 6)).toBe('before');
  });

  test('is available only when the last of its snapshots is completed', async () => {
    await region.disks.write(ids.data, 0, Buffer.from('data'));
    const seen: string[] = [];
    const { image, snapshots, snapshotIds } = await create();
    beforePut(async session => {
      const states = (await snapshots()).map(({ state }) => state);
      seen.push(`${snapshotIds.indexOf(session)}: ${(await image()).state} ${states}`);
    });
    await region.settle();
    expect(seen.at(-1)).toBe('1: pending completed,pending');
    expect((await image()).state).toBe('available');
  });

  test('that is deregistered while its blocks are stored leaves its snapshots in error and nothing else', async () => {
    const { ImageId, snapshots } = await create({ NoReboot: true });
    let asked = false;
    beforePut(async () => {
      if (!asked) await region.call(deregisterImage, { ImageId });
      asked = true;
    });
    await region.settle();
    const stateReason = {
      code: 'Client.InvalidAMIID.Unavailable',
      message: `Client.InvalidAMIID.Unavailable: The image '${ImageId}' was deregistered before it was made.`,
    };
    expect(await snapshots()).toMatchObject([
      { state: 'error', stateReason },
      { state: 'error', stateReason },
    ]);
    expect(await region.blocks.openSessions()).toEqual([]);
    expect(await region.blocks.listManifests()).toHaveLength(1);
    expect(await region.disks.isFrozen(ids.instanceId, [(await snapshots())[0]!.snapshotId])).toBe(false);
  });

  test.each([
    ['the job waits', true],
    ['its blocks are stored', false],
  ])('whose instance is terminated while %s fails', async (_when, waits) => {
    const made = Promise.withResolvers<Awaited<ReturnType<typeof create>>>();
    const terminate = () => region.call(terminateInstances, { InstanceIds: [ids.instanceId] });
    if (waits) {
      const { shutdown } = region.engine;
      region.engine.shutdown = async (...args) => {
        region.engine.shutdown = shutdown;
        made.resolve(await create());
        await terminate();
        await shutdown(...args);
      };
      await region.call(rebootInstances, { InstanceIds: [ids.instanceId] });
    } else {
      let asked = false;
      beforePut(async () => {
        if (!asked) await terminate();
        asked = true;
      });
      made.resolve(await create({ NoReboot: true }));
    }
    await region.settle();
    const { image, snapshots } = await made.promise;
    expect(await image()).toMatchObject({
      state: 'failed',
      stateReason: { code: 'Client.InstanceTerminated' },
    });
    for (const snapshot of await snapshots())
      expect(snapshot).toMatchObject({
        state: 'error',
        stateReason: { code: 'Client.InstanceTerminated' },
      });
    expect((await region.records.read.instances.get(ids.instanceId))?.state).toBe('terminated');
    expect((await region.records.read.volumes.get(ids.root))?.state).toBe('deleted');
    expect(await region.blocks.openSessions()).toEqual([]);
    expect(await region.disks.holders()).toEqual([]);
  });

  test('of a guest that does not boot again is made all the same', async () => {
    region.engine.start = async () => {
      throw new Error('no memory left');
    };
    const { image } = await create();
    await region.settle();
    expect((await image()).state).toBe('available');
    expect(await region.records.read.instances.get(ids.instanceId)).toMatchObject({
      state: 'stopped',
      stateReason: { code: 'Server.InternalError' },
    });
  });

  test('whose volumes cannot be frozen fails with the reason, and the guest boots again', async () => {
    region.time = new Date(region.time.getTime() + 60_000);
    region.disks.freeze = async () => {
      throw new Error('the daemon is busy');
    };
    const { image } = await create();
    await region.settle();
    expect(await image()).toMatchObject({
      state: 'failed',
      stateReason: {
        code: 'Server.InternalError',
        message: expect.stringContaining('An internal error has occurred'),
      },
    });
    expect(region.engine.guests()).toMatchObject([{ instanceId: ids.instanceId }]);
  });
});
