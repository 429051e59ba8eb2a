import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blockSize } from '../../src/domain/manifest.ts';
import { deleteKeys } from '../../src/jobs/delete-keys.ts';
import { keepHouse } from '../../src/jobs/housekeeping.ts';
import { createImage } from '../../src/operations/ec2/create-image.ts';
import { createSnapshot } from '../../src/operations/ec2/create-snapshot.ts';
import { createVolume } from '../../src/operations/ec2/create-volume.ts';
import { startInstances } from '../../src/operations/ec2/start-instances.ts';
import { stopInstances } from '../../src/operations/ec2/stop-instances.ts';
import { cancelKeyDeletion } from '../../src/operations/kms/cancel-key-deletion.ts';
import { createAlias } from '../../src/operations/kms/create-alias.ts';
import { createKey } from '../../src/operations/kms/create-key.ts';
import { disableKey } from '../../src/operations/kms/disable-key.ts';
import { enableKey } from '../../src/operations/kms/enable-key.ts';
import { scheduleKeyDeletion } from '../../src/operations/kms/schedule-key-deletion.ts';
import { DomainForgotten } from '../../src/stores/blocks/block-store.ts';
import { blocksOf as listedBlocks } from '../support/manifests.ts';
import { refusal } from '../support/refusal.ts';
import { askForInstance, launched } from './fixtures.ts';
import { type JobRegion, jobRegion } from './job-region.ts';

let region: JobRegion;
let key: { KeyId: string; Arn: string };
let domain: string;
beforeEach(async () => {
  region = await jobRegion();
  key = (await region.call<{ KeyMetadata: typeof key }>(createKey, {})).KeyMetadata;
  domain = `111122223333/${key.KeyId}`;
});
afterEach(() => region.close());

const onKey = (operation: Parameters<JobRegion['call']>[0]) => region.call(operation, { KeyId: key.KeyId });
const encryptedRoot = () => ({
  BlockDeviceMappings: [
    { DeviceName: '/dev/sda1', Ebs: { Encrypted: true, KmsKeyId: key.Arn } },
    { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } },
  ],
});
const runWithKey = () => launched(region, () => region.settle(), encryptedRoot());
const snapshotOf = async (VolumeId: string) => {
  const { SnapshotId } = await region.call<{ SnapshotId: string }>(createSnapshot, { VolumeId });
  await region.settle();
  return (await region.records.read.snapshots.get(SnapshotId))!;
};
const blocksOf = (snapshotId: string) => listedBlocks(region.blocks, snapshotId);
const stateOf = async (volumeId: string) => (await region.records.read.volumes.get(volumeId))?.state;
const volume = async (input: object) => {
  const { VolumeId } = await region.call<{ VolumeId: string }>(createVolume, {
    AvailabilityZone: 'us-east-1a',
    ...input,
  });
  await region.settle();
  return VolumeId;
};
const later = (days: number) => {
  region.time = new Date(region.time.getTime() + days * 24 * 3_600_000);
};
const clientError = { code: 'Client.InternalError', message: 'Client.InternalError: Client error on launch' };

describe('the first snapshot of an encrypted volume', () => {
  test('has all its blocks under the volume’s key, also those of the plain snapshot below', async () => {
    const { root } = await runWithKey();
    await region.disks.write(root, 5 * blockSize, Buffer.alloc(10, 7));
    const first = await snapshotOf(root);
    expect(first).toMatchObject({ state: 'completed', encrypted: true, kmsKeyId: key.Arn });
    const blocks = await blocksOf(first.snapshotId);
    expect([...blocks.keys()]).toEqual([1, 5]);
    expect([...blocks.values()].map(block => block.domain)).toEqual([domain, domain]);
    expect(await region.snapshotBytes(first.snapshotId, blockSize, 4)).toEqual(Buffer.alloc(4, 1));

    await region.disks.write(root, 6 * blockSize, Buffer.alloc(10, 8));
    const second = await blocksOf((await snapshotOf(root)).snapshotId);
    expect([...second].map(([index, block]) => [index, block.domain])).toEqual([
      [1, domain],
      [5, domain],
      [6, domain],
    ]);
  });

  test('fails while the key is disabled, and an image with it; the instance runs on', async () => {
    const { root, instanceId } = await runWithKey();
    await onKey(disableKey);
    expect(await snapshotOf(root)).toMatchObject({
      state: 'error',
      stateReason: { message: 'Given key ID is not accessible' },
    });
    const { ImageId } = await region.call<{ ImageId: string }>(createImage, {
      InstanceId: instanceId,
      Name: 'sealed',
    });
    await region.settle();
    expect(await region.records.read.images.get(ImageId)).toMatchObject({ state: 'failed' });
    expect(await region.blocks.openSessions()).toEqual([]);
    expect((await region.records.read.instances.get(instanceId))?.state).toBe('running');
    expect(await region.engine.isRunning(instanceId)).toBe(true);
    await onKey(enableKey);
    expect(await snapshotOf(root)).toMatchObject({ state: 'completed' });
  });
});

describe('a key that cannot be used', () => {
  test('ends a launch, with AWS’s words', async () => {
    await onKey(disableKey);
    const { instanceId } = await askForInstance(region, encryptedRoot());
    await region.settle();
    expect(await region.records.read.instances.get(instanceId)).toMatchObject({
      state: 'terminated',
      stateReason: clientError,
    });
    expect(await region.disks.list()).toEqual([]);
  });

  test('lets no stopped instance start, until it can be used again', async () => {
    const { instanceId } = await runWithKey();
    await region.call(stopInstances, { InstanceIds: [instanceId] });
    await region.settle();
    await onKey(scheduleKeyDeletion);
    await region.call(startInstances, { InstanceIds: [instanceId] });
    await region.settle();
    expect(await region.records.read.instances.get(instanceId)).toMatchObject({
      state: 'stopped',
      stateReason: clientError,
    });
    await onKey(cancelKeyDeletion);
    await onKey(enableKey);
    await region.call(startInstances, { InstanceIds: [instanceId] });
    await region.settle();
    expect((await region.records.read.instances.get(instanceId))?.state).toBe('running');
  });

  test.each(['missing', 'disabled'])('makes no volume: %s', async what => {
    if (what === 'disabled') await onKey(disableKey);
    const KmsKeyId = what === 'missing' ? 'alias/nobody' : key.Arn;
    expect(await stateOf(await volume({ Size: 1, Encrypted: true, KmsKeyId }))).toBe('error');
    expect(await region.disks.list()).toEqual([]);
  });

  test('makes none of its snapshots either, under whatever key, until it can be used again', async () => {
    const { root } = await runWithKey();
    const { snapshotId } = await snapshotOf(root);
    await onKey(disableKey);
    const under = [
      { SnapshotId: snapshotId },
      { SnapshotId: snapshotId, Encrypted: true, KmsKeyId: 'alias/aws/ebs' },
    ];
    for (const input of under) expect(await stateOf(await volume(input))).toBe('error');
    await onKey(enableKey);
    for (const input of under) expect(await stateOf(await volume(input))).toBe('available');
  });
});

describe('a key whose deletion is due', () => {
  const schedule = async () => {
    await region.call(createAlias, { AliasName: 'alias/x', TargetKeyId: key.KeyId });
    await region.call(scheduleKeyDeletion, { KeyId: key.KeyId, PendingWindowInDays: 7 });
  };

  test('is deleted with its aliases, and what it encrypted can be read no more', async () => {
    const { root } = await runWithKey();
    const { snapshotId } = await snapshotOf(root);
    const [block] = (await blocksOf(snapshotId)).values();
    await schedule();
    later(6.9);
    await keepHouse(region.services);
    expect(await region.blocks.read(block!)).toHaveLength(blockSize);
    later(0.1);
    await keepHouse(region.services);
    expect(await region.records.read.kmsKeys.list()).toEqual([]);
    expect(await region.records.read.kmsAliases.list()).toEqual([]);
    await expect(region.blocks.read(block!)).rejects.toThrow(/not in the store/);
    expect((await region.records.read.snapshots.get(snapshotId))?.state).toBe('completed');
    expect(await stateOf(await volume({ SnapshotId: snapshotId }))).toBe('error');
    expect((await refusal(onKey(cancelKeyDeletion)))[0]).toBe('NotFoundException');
  });

  test('is deleted wherever the server dies meanwhile, and cannot be saved once that has begun', async () => {
    await schedule();
    later(7);
    const { forgetDomain } = region.blocks;
    region.blocks.forgetDomain = () => Promise.reject(new Error('the disk is full'));
    await expect(deleteKeys(region.services)).rejects.toThrow('full');
    for (const operation of [cancelKeyDeletion, enableKey])
      expect((await refusal(onKey(operation)))[0]).toBe('NotFoundException');
    expect(await region.blocks.openSession('s', domain)).toBeDefined();
    region.blocks.forgetDomain = forgetDomain;
    await region.restart();
    await deleteKeys(region.services);
    await expect(region.blocks.openSession('t', domain)).rejects.toThrow(DomainForgotten);
    expect(await region.records.read.kmsKeys.list()).toEqual([]);
  });
});
