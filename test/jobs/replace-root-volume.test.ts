import { afterEach, describe, expect, test } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import { createReplaceRootVolumeTask } from '../../src/operations/ec2/create-replace-root-volume-task.ts';
import { createSnapshot } from '../../src/operations/ec2/create-snapshot.ts';
import { terminateInstances } from '../../src/operations/ec2/terminate-instances.ts';
import { putImage, snapshot } from '../operations/ec2/launch-fixtures.ts';
import { launched } from './fixtures.ts';
import { type JobRegion, jobRegion, putManifest } from './job-region.ts';
import { aLife, type Life } from './mortal.ts';

let region: JobRegion;
let ids: Awaited<ReturnType<typeof launched>>;
afterEach(() => region.close());

async function running(life = aLife(), settle = () => region.settle()): Promise<void> {
  region = await jobRegion(life);
  ids = await launched(region, settle);
}
const instance = async () => (await region.records.read.instances.get(ids.instanceId))!;
const volume = async (id: string) => (await region.records.read.volumes.get(id))!;
const onlyTask = async () => (await region.records.read.replaceRootVolumeTasks.list())[0]!;
const replace = (input: object = {}) =>
  region.call(createReplaceRootVolumeTask, { InstanceId: ids.instanceId, ...input });
const guestRoot = () => region.engine.guests()[0]?.disks.find(disk => disk.boot)?.volumeId;
const firstByte = async (id: string, index: number) => (await region.disks.read(id, index * blockSize, 1))[0];

async function settleWith(life: Life): Promise<void> {
  await Promise.race([region.settle(), life.death]);
  if (!life.dead) return;
  if (!life.succeeded) await region.restart();
  life.succeeded = true;
  await region.settle();
}

describe('a replacement', () => {
  test('boots the instance as it was launched; the replaced volume is available, with what it held', async () => {
    await running();
    await region.disks.write(ids.root, blockSize, Buffer.from([9]));
    await replace();
    await region.settle();
    const task = await onlyTask();
    expect(task).toMatchObject({ state: 'succeeded', completeTime: region.time.toISOString() });
    expect(await instance()).toMatchObject({
      ...{ state: 'running', health: 'initializing', replacedRootVolumeIds: [ids.root] },
    });
    expect(await volume(task.volumeId)).toMatchObject({
      state: 'in-use',
      size: 8,
      attachment: { device: '/dev/sda1', state: 'attached', deleteOnTermination: true },
    });
    expect(await volume(ids.root)).toMatchObject({ state: 'available' });
    expect(await volume(ids.root)).not.toHaveProperty('attachment');
    expect(guestRoot()).toBe(task.volumeId);
    expect(region.engine.disks(ids.instanceId).sort()).toEqual([task.volumeId, ids.data].sort());
    expect(await firstByte(task.volumeId, 1)).toBe(1);
    expect(await firstByte(ids.root, 1)).toBe(9);
  });

  test('by a snapshot of the root brings back what that held, and once more after that', async () => {
    await running();
    await region.disks.write(ids.root, 3 * blockSize, Buffer.from([7]));
    const { SnapshotId } = await region.call<{ SnapshotId: string }>(createSnapshot, { VolumeId: ids.root });
    await region.settle();
    await region.disks.write(ids.root, 3 * blockSize, Buffer.from([8]));
    await replace({ SnapshotId, DeleteReplacedRootVolume: true });
    await region.settle();
    const first = await onlyTask();
    expect(await firstByte(first.volumeId, 3)).toBe(7);
    expect(await volume(ids.root)).toMatchObject({ state: 'deleted' });
    await replace({ SnapshotId });
    await region.settle();
    expect((await volume(first.volumeId)).state).toBe('available');
    await replace();
    await region.settle();
    expect(await firstByte(guestRoot()!, 3)).toBe(0);
    expect((await instance()).replacedRootVolumeIds).toHaveLength(3);
  });

  test('by an image makes the instance one of that image', async () => {
    await running();
    const other = snapshot({ snapshotId: 'snap-0000000000000000b', volumeSize: 9 });
    await putImage(region, {
      imageId: 'ami-0000000000000000b',
      name: 'other',
      blockDeviceMappings: [
        {
          deviceName: '/dev/sda1',
          ebs: {
            ...{ snapshotId: other.snapshotId, volumeSize: 9, volumeType: 'gp3' as const },
            ...{ deleteOnTermination: true, encrypted: false },
          },
        },
      ],
    });
    await region.records.transaction(writer => writer.snapshots.put(other));
    await putManifest(region, other.snapshotId, { 1: 5 });
    await replace({ ImageId: 'ami-0000000000000000b' });
    await region.settle();
    expect(await instance()).toMatchObject({ imageId: 'ami-0000000000000000b', state: 'running' });
    expect((await volume(guestRoot()!)).size).toBe(9);
    expect(await firstByte(guestRoot()!, 1)).toBe(5);
    await replace();
    await region.settle();
    expect(await firstByte(guestRoot()!, 1)).toBe(5);
  });

  test('whose guest does not boot puts the replaced volume back, and boots that', async () => {
    await running();
    const { start } = region.engine;
    region.engine.start = async guest => {
      if (guest.disks.find(disk => disk.boot)?.volumeId !== ids.root) throw new Error('no bootable device');
      return start(guest);
    };
    const { imageId } = await instance();
    await replace({ DeleteReplacedRootVolume: true });
    await region.settle();
    const task = await onlyTask();
    expect(task).toMatchObject({ state: 'failed', completeTime: expect.any(String) });
    expect(await instance()).toMatchObject({ state: 'running', imageId });
    expect(guestRoot()).toBe(ids.root);
    expect(await volume(ids.root)).toMatchObject({ state: 'in-use', attachment: { state: 'attached' } });
    expect(await volume(task.volumeId)).toMatchObject({ state: 'deleted' });
  });

  test('whose volume cannot be made leaves the guest alone', async () => {
    await running();
    const { create } = region.disks;
    region.disks.create = async spec => {
      if (spec.volumeId !== ids.root) throw new Error('no space left');
      return create(spec);
    };
    await replace();
    let exits = 0;
    region.engine.onExit(() => exits++);
    await region.settle();
    expect((await onlyTask()).state).toBe('failed');
    expect(exits).toBe(0);
    expect(guestRoot()).toBe(ids.root);
  });

  test('during which the instance is terminated ends with everything gone', async () => {
    await running();
    const { shutdown } = region.engine;
    region.engine.shutdown = async (...args) => {
      region.engine.shutdown = shutdown;
      await region.call(terminateInstances, { InstanceIds: [ids.instanceId] });
      await shutdown(...args);
    };
    await replace();
    await region.settle();
    expect((await onlyTask()).state).toBe('failed');
    expect((await instance()).state).toBe('terminated');
    expect(await region.disks.list()).toEqual([ids.data]);
  });
});

/** A replacement by a server that dies on the way. @param boots whether the new root does */
async function replacement(life: Life, boots: boolean) {
  await running(life, () => settleWith(life));
  await region.disks.write(ids.root, blockSize, Buffer.from([9]));
  const { start } = region.engine;
  if (!boots)
    region.engine.start = async guest => {
      if (guest.disks.find(disk => disk.boot)?.volumeId !== ids.root) throw new Error('does not boot');
      return start(guest);
    };
  await replace({ DeleteReplacedRootVolume: boots });
  await settleWith(life);
  const task = await onlyTask();
  const { state, stateReason } = await instance();
  return {
    ...{ task: task.state, state, stateReason },
    root: guestRoot() === (boots ? task.volumeId : ids.root),
    byte: await firstByte(guestRoot()!, 1),
    volumes: [(await volume(ids.root)).state, (await volume(task.volumeId)).state],
    attached: (await region.records.read.volumes.list({ instanceId: ids.instanceId })).length,
    overlays: (await region.disks.list()).length,
    jobs: await region.records.read.jobs.list({ state: ['queued', 'failing'] }),
  };
}

test.each([true, false])(
  'a server killed before any of its steps ends it the same (boots: %s)',
  {
    timeout: 120_000,
  },
  async boots => {
    const life = aLife();
    const expected = await replacement(life, boots);
    expect(expected).toMatchObject({
      ...{ task: boots ? 'succeeded' : 'failed', state: 'running', root: true, byte: boots ? 1 : 9 },
      ...{ volumes: boots ? ['deleted', 'in-use'] : ['in-use', 'deleted'], attached: 2, overlays: 2 },
    });
    await region.close();
    for (let dieAt = 1; dieAt <= life.calls; dieAt++) {
      const seen = await replacement(aLife(dieAt), boots).catch(error => ({ error }));
      expect({ dieAt, ...seen }).toEqual({ dieAt, ...expected });
      await region.close();
    }
  },
);
