import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GiB } from '../../src/domain/volume.ts';
import { askForBusyVolumes } from '../../src/jobs/busy-volumes.ts';
import { attachVolume } from '../../src/operations/ec2/attach-volume.ts';
import { createSnapshot } from '../../src/operations/ec2/create-snapshot.ts';
import { createVolume } from '../../src/operations/ec2/create-volume.ts';
import { detachVolume } from '../../src/operations/ec2/detach-volume.ts';
import { modifyVolume } from '../../src/operations/ec2/modify-volume.ts';
import { rebootInstances } from '../../src/operations/ec2/reboot-instances.ts';
import { startInstances } from '../../src/operations/ec2/start-instances.ts';
import { stopInstances } from '../../src/operations/ec2/stop-instances.ts';
import { terminateInstances } from '../../src/operations/ec2/terminate-instances.ts';
import { launched } from './fixtures.ts';
import { type JobRegion, jobRegion } from './job-region.ts';
import { aLife, type Life } from './mortal.ts';

let region: JobRegion;
afterEach(() => region.close());

const volumeOf = (id: string) => region.records.read.volumes.get(id);
const states = async (id: string) => {
  const volume = await volumeOf(id);
  return [volume?.state, volume?.attachment?.state];
};

/** As much of one as says whether it is mounted. */
function ext4Superblock({ mountTime, needsRecovery }: { mountTime: Date; needsRecovery: boolean }): Buffer {
  const superblock = Buffer.alloc(1024);
  superblock.writeUInt32LE(mountTime.getTime() / 1000, 44);
  superblock.writeUInt16LE(0xef53, 56);
  superblock.writeUInt32LE(0x4, 92);
  superblock.writeUInt32LE(needsRecovery ? 0x4 : 0, 96);
  return superblock;
}

async function newVolume(settle = () => region.settle()): Promise<string> {
  const input = { AvailabilityZone: 'us-east-1a', Size: 1 };
  const { VolumeId } = await region.call<{ VolumeId: string }>(createVolume, input);
  await settle();
  return VolumeId;
}

const attach = (VolumeId: string, InstanceId: string) =>
  region.call(attachVolume, { VolumeId, InstanceId, Device: '/dev/sdh' });
const detach = (VolumeId: string, Force = false) => region.call(detachVolume, { VolumeId, Force });

describe('a volume of a running guest', () => {
  let instanceId: string;
  let volumeId: string;
  let own: string[];

  beforeEach(async () => {
    region = await jobRegion();
    ({ instanceId } = await launched(region));
    own = region.engine.disks(instanceId);
    volumeId = await newVolume();
    await attach(volumeId, instanceId);
    await region.settle();
  });

  test('is attached to it, beside those it was started with', async () => {
    expect(await states(volumeId)).toEqual(['in-use', 'attached']);
    expect(region.engine.disks(instanceId)).toEqual([...own, volumeId]);
    expect(await region.disks.holders()).toEqual([instanceId]);
  });

  test('is moved to another guest with what was written', async () => {
    await region.disks.write(volumeId, 0, Buffer.from('moved'));
    await detach(volumeId);
    await region.settle();
    expect(await states(volumeId)).toEqual(['available', undefined]);
    expect(region.engine.disks(instanceId)).toEqual(own);
    const other = await launched(region, undefined, { ClientToken: 'other' });
    await attach(volumeId, other.instanceId);
    await region.settle();
    expect(region.engine.disks(other.instanceId)).toContain(volumeId);
    expect((await region.disks.read(volumeId, 0, 5)).toString()).toBe('moved');
  });

  test('is busy while the guest holds it, and goes once that lets go', async () => {
    region.engine.hold(volumeId, true);
    await detach(volumeId);
    await region.settle();
    expect(await states(volumeId)).toEqual(['in-use', 'busy']);
    await askForBusyVolumes(region.services);
    await region.settle();
    expect(await states(volumeId)).toEqual(['in-use', 'busy']);
    region.engine.hold(volumeId, false);
    await askForBusyVolumes(region.services);
    await region.settle();
    expect(await states(volumeId)).toEqual(['available', undefined]);
    expect(region.engine.disks(instanceId)).toEqual(own);
  });

  test('is busy while it is mounted, as its file system says, though the guest would let go', async () => {
    const superblock = ext4Superblock({ mountTime: region.time, needsRecovery: true });
    await region.disks.write(volumeId, 1024, superblock);
    await detach(volumeId);
    await region.settle();
    expect(await states(volumeId)).toEqual(['in-use', 'busy']);
    expect(region.engine.disks(instanceId)).toContain(volumeId);
    superblock.writeUInt32LE(0, 96);
    await region.disks.write(volumeId, 1024, superblock);
    await askForBusyVolumes(region.services);
    await region.settle();
    expect(await states(volumeId)).toEqual(['available', undefined]);
  });

  test('is taken by force from a guest that holds it', async () => {
    region.engine.hold(volumeId, true);
    await detach(volumeId);
    await region.settle();
    await detach(volumeId, true);
    await region.settle();
    expect(await states(volumeId)).toEqual(['available', undefined]);
    expect(await region.engine.isRunning(instanceId)).toBe(true);
  });

  test.each(['stop', 'reboot'])('that holds it is without it after a %s', async how => {
    region.engine.hold(volumeId, true);
    await detach(volumeId);
    await region.settle();
    const operation = how === 'stop' ? stopInstances : rebootInstances;
    await region.call(operation, { InstanceIds: [instanceId] });
    await region.settle();
    await askForBusyVolumes(region.services);
    await region.settle();
    expect(await states(volumeId)).toEqual(['available', undefined]);
    if (how === 'stop') await region.call(startInstances, { InstanceIds: [instanceId] });
    await region.settle();
    expect(region.engine.disks(instanceId)).toEqual(own);
  });

  test('stays over stop and start, crash and termination', async () => {
    await region.call(stopInstances, { InstanceIds: [instanceId] });
    await region.settle();
    expect(await states(volumeId)).toEqual(['in-use', 'attached']);
    await region.call(startInstances, { InstanceIds: [instanceId] });
    await region.settle();
    expect(region.engine.disks(instanceId)).toContain(volumeId);
    region.time = new Date(region.time.getTime() + 60_000);
    region.engine.crash(instanceId);
    await region.settle();
    expect(region.engine.disks(instanceId)).toContain(volumeId);
    await region.call(terminateInstances, { InstanceIds: [instanceId] });
    await region.settle();
    expect(await states(volumeId)).toEqual(['available', undefined]);
  });

  test('grows under the guest', async () => {
    await region.call(modifyVolume, { VolumeId: volumeId, Size: 3 });
    await region.settle();
    expect((await volumeOf(volumeId))?.modification?.state).toBe('completed');
    await region.disks.write(volumeId, 3 * GiB - 5, Buffer.from('grown'));
    expect(await region.engine.isRunning(instanceId)).toBe(true);
  });

  test('grows also when it is detached at the same time, and is open nowhere then', async () => {
    await region.call(modifyVolume, { VolumeId: volumeId, Size: 3 });
    await detach(volumeId);
    await region.settle();
    expect(await states(volumeId)).toEqual(['available', undefined]);
    expect((await volumeOf(volumeId))?.modification?.state).toBe('completed');
    await region.disks.open('vol-elsewhere', [{ volumeId, size: 3 * GiB }]);
    await region.disks.write(volumeId, 3 * GiB - 5, Buffer.from('grown'));
  });

  test('that was asked for a snapshot while being detached has it all the same', async () => {
    await region.disks.write(volumeId, 0, Buffer.from('kept'));
    await detach(volumeId);
    const { SnapshotId } = await region.call<{ SnapshotId: string }>(createSnapshot, { VolumeId: volumeId });
    await region.settle();
    expect((await region.snapshotBytes(SnapshotId, 0, 4)).toString()).toBe('kept');
    expect(await states(volumeId)).toEqual(['available', undefined]);
    expect(await region.disks.holders()).toEqual([instanceId]);
  });
});

test('a volume that a guest cannot be given is available again', async () => {
  region = await jobRegion();
  const { instanceId } = await launched(region);
  const volumeId = await newVolume();
  region.engine.attach = async () => {
    throw new Error('no free slot');
  };
  await attach(volumeId, instanceId);
  await region.settle();
  expect(await states(volumeId)).toEqual(['available', undefined]);
  await region.disks.open('vol-elsewhere', [{ volumeId, size: GiB }]);
});

test('a volume on its way to an instance that stops meanwhile is there when it starts', async () => {
  region = await jobRegion();
  const { instanceId } = await launched(region);
  const volumeId = await newVolume();
  await attach(volumeId, instanceId);
  await region.call(stopInstances, { InstanceIds: [instanceId] });
  await region.settle();
  expect(await states(volumeId)).toEqual(['in-use', 'attached']);
  await region.call(startInstances, { InstanceIds: [instanceId] });
  await region.settle();
  expect(region.engine.disks(instanceId)).toContain(volumeId);
});

/** Attaches, grows and detaches a volume, each at rest before the next. */
async function comesAndGoes(life: Life) {
  region = await jobRegion(life);
  const settle = async () => {
    await Promise.race([region.settle(), life.death]);
    if (!life.dead) return;
    if (!life.succeeded) await region.restart();
    life.succeeded = true;
    await region.settle();
  };
  const { instanceId } = await launched(region, settle);
  const volumeId = await newVolume(settle);
  await attach(volumeId, instanceId);
  await settle();
  const seen: unknown[] = [await states(volumeId), region.engine.disks(instanceId).includes(volumeId)];
  await region.disks.write(volumeId, 0, Buffer.from('kept'));
  await region.call(modifyVolume, { VolumeId: volumeId, Size: 2 });
  await settle();
  const { size, modification } = (await volumeOf(volumeId))!;
  await region.disks.write(volumeId, 2 * GiB - 1, Buffer.from('x'));
  seen.push(size, modification?.state);
  await detach(volumeId);
  await settle();
  seen.push(await states(volumeId), region.engine.disks(instanceId).length);
  seen.push((await region.disks.read(volumeId, 0, 4)).toString(), await region.disks.holders());
  return JSON.stringify(seen).replaceAll(instanceId, 'the instance');
}

test('a server killed before any step of an attach, a growth or a detach is gone on with to the same end', {
  timeout: 120_000,
}, async () => {
  const life = aLife();
  const expected = await comesAndGoes(life);
  expect(JSON.parse(expected)).toEqual([
    ['in-use', 'attached'],
    true,
    2,
    'completed',
    ['available', null],
    2,
    'kept',
    ['the instance'],
  ]);
  await region.close();
  for (let dieAt = 1; dieAt <= life.calls; dieAt++) {
    const seen = await comesAndGoes(aLife(dieAt)).catch(String);
    expect([dieAt, seen]).toEqual([dieAt, expected]);
    await region.close();
  }
});
