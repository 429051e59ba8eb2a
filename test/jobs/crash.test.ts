import { afterEach, expect, test } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import { createImage } from '../../src/operations/ec2/create-image.ts';
import { createSnapshot } from '../../src/operations/ec2/create-snapshot.ts';
import { deleteSnapshot } from '../../src/operations/ec2/delete-snapshot.ts';
import { rebootInstances } from '../../src/operations/ec2/reboot-instances.ts';
import { stopInstances } from '../../src/operations/ec2/stop-instances.ts';
import { terminateInstances } from '../../src/operations/ec2/terminate-instances.ts';
import { askForInstance, launched, snapshotId as rootSnapshotId } from './fixtures.ts';
import { type JobRegion, jobRegion } from './job-region.ts';
import { aLife, type Life } from './mortal.ts';

let region: JobRegion;
afterEach(() => region.close());

/** Brings the region to rest, by another server once the first one has died. */
async function settleWith(life: Life): Promise<void> {
  await Promise.race([region.settle(), life.death]);
  if (!life.dead) return;
  if (!life.succeeded) await region.restart();
  life.succeeded = true;
  await region.settle();
}

/** A life from launch to the end, each step at rest before the next; says what was to be seen. */
async function wholeLife(life: Life) {
  region = await jobRegion(life);
  const settle = () => settleWith(life);
  const { instanceId, root, data } = await launched(region, settle);
  await region.disks.write(root, 3 * blockSize, Buffer.from('first'));
  const { ImageId } = await region.call<{ ImageId: string }>(createImage, {
    InstanceId: instanceId,
    Name: 'copy',
  });
  await settle();
  const image = (await region.records.read.images.get(ImageId))!;
  const [first] = image.blockDeviceMappings.map(mapping => mapping.ebs!.snapshotId!);
  await region.disks.write(root, 5 * blockSize, Buffer.from('second'));
  const { SnapshotId } = await region.call<{ SnapshotId: string }>(createSnapshot, { VolumeId: root });
  await settle();
  const read = async (id: string, index: number, length: number) =>
    (await region.snapshotBytes(id, index * blockSize, length)).toString('latin1');
  const contents = [
    await read(first!, 3, 5),
    await read(first!, 5, 1),
    await read(SnapshotId, 3, 5),
    await read(SnapshotId, 5, 6),
    await read(SnapshotId, 1, 1),
  ];
  const ran = await region.engine.isRunning(instanceId);
  await region.call(deleteSnapshot, { SnapshotId });
  await region.call(rebootInstances, { InstanceIds: [instanceId] });
  await settle();
  await region.call(stopInstances, { InstanceIds: [instanceId] });
  await settle();
  const stopped = await region.records.read.instances.get(instanceId);
  const volume = (await region.records.read.volumes.get(data))!;
  const { SnapshotId: atRest } = await region.call<{ SnapshotId: string }>(createSnapshot, {
    VolumeId: data,
  });
  await settle();
  const snapshotAtRest = await region.records.read.snapshots.get(atRest);
  await region.call(terminateInstances, { InstanceIds: [instanceId] });
  await settle();
  const { records } = region;
  return {
    image: image.state,
    contents,
    ran,
    stopped: stopped?.state,
    attached: volume.attachment?.state,
    snapshotAtRest: snapshotAtRest?.state,
    instance: (await records.read.instances.get(instanceId))?.state,
    root: (await records.read.volumes.get(root))?.state,
    data: (await records.read.volumes.get(data))?.state,
    overlays: (await region.disks.list()).length,
    holders: await region.disks.holders(),
    guests: region.engine.guests(),
    vpcs: await region.network.list(),
    jobs: await records.read.jobs.list(),
    sessions: await region.blocks.openSessions(),
    manifests:
      (await region.blocks.listManifests()).sort().join() ===
      [rootSnapshotId, atRest, ...image.blockDeviceMappings.map(one => one.ebs!.snapshotId!)].sort().join(),
  };
}

// Some hundred short lives: seconds where nothing else runs.
const patience = 120_000;

test('a server killed before any of its steps is gone on with to the same end', {
  timeout: patience,
}, async () => {
  const life = aLife();
  const expected = await wholeLife(life);
  expect(expected).toEqual({
    image: 'available',
    contents: ['first', '\0', 'first', 'second', '\x01'],
    ran: true,
    stopped: 'stopped',
    attached: 'attached',
    snapshotAtRest: 'completed',
    instance: 'terminated',
    root: 'deleted',
    data: 'available',
    overlays: 1,
    holders: [],
    guests: [],
    vpcs: [],
    jobs: [],
    sessions: [],
    manifests: true,
  });
  await region.close();
  for (let dieAt = 1; dieAt <= life.calls; dieAt++) {
    const seen = await wholeLife(aLife(dieAt)).catch(error => ({ error }));
    expect({ dieAt, ...seen }).toEqual({ dieAt, ...expected });
    await region.close();
  }
});

/** A launch that cannot succeed, and an image whose instance is terminated before it is made. */
async function failures(life: Life) {
  region = await jobRegion(life);
  const broken = await askForInstance(region, { ClientToken: 'broken' });
  await region.blocks.deleteManifest(rootSnapshotId);
  await settleWith(life);
  const { instanceId, root } = await launched(region, () => settleWith(life));
  await region.disks.write(root, 3 * blockSize, Buffer.from('first'));
  const { ImageId } = await region.call<{ ImageId: string }>(createImage, {
    InstanceId: instanceId,
    Name: 'copy',
  });
  await region.call(terminateInstances, { InstanceIds: [instanceId] });
  await settleWith(life);
  const { read } = region.records;
  const states = async (ids: string[]) =>
    (await read.instances.getMany(ids)).map(({ state, stateReason }) => [state, stateReason?.code]);
  return {
    broken: await states([broken.instanceId]),
    terminated: await states([instanceId]),
    image: (await read.images.get(ImageId))?.state,
    pending: await read.snapshots.list({ state: 'pending' }),
    volumes: (await read.volumes.list()).map(({ state }) => state).sort(),
    overlays: (await region.disks.list()).length,
    holders: await region.disks.holders(),
    guests: region.engine.guests(),
    vpcs: await region.network.list(),
    sessions: await region.blocks.openSessions(),
    manifests: await region.blocks.listManifests(),
    jobs: (await read.jobs.list()).map(({ kind, state }) => [kind, state]),
  };
}

test('what fails ends the same wherever the server was killed', { timeout: patience }, async () => {
  const life = aLife();
  const expected = await failures(life);
  expect(expected).toMatchObject({
    broken: [['terminated', 'Client.InvalidSnapshot.NotFound']],
    terminated: [['terminated', 'Client.UserInitiatedShutdown']],
    image: 'failed',
    pending: [],
    volumes: ['available', 'available', 'deleted', 'deleted'],
    holders: [],
    guests: [],
    vpcs: [],
    sessions: [],
    manifests: [rootSnapshotId],
  });
  await region.close();
  for (let dieAt = 1; dieAt <= life.calls; dieAt++) {
    const seen = await failures(aLife(dieAt)).catch(error => ({ error }));
    expect({ dieAt, ...seen }).toEqual({ dieAt, ...expected });
    await region.close();
  }
});
