import type { Volume } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createVolume } from '../../../src/operations/ec2/create-volume.ts';
import { deleteVolume } from '../../../src/operations/ec2/delete-volume.ts';
import { aSnapshot, attachedTo, aVolume, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const snapshotId = hexId('snap', 1);
const volumeId = hexId('vol', 1);

beforeEach(() => {
  region = testRegion();
});

const putSnapshot = (fields: Parameters<typeof aSnapshot>[0] = {}) =>
  region.records.transaction(records => records.snapshots.put(aSnapshot(fields)));
const putVolume = (fields: Parameters<typeof aVolume>[0] = {}) =>
  region.records.transaction(records => records.volumes.put(aVolume(fields)));

describe('CreateVolume', () => {
  const create = (input: object = {}, account?: string) =>
    region.call<Volume>(createVolume, { AvailabilityZone: 'us-east-1a', ...input }, account);

  test('answers a blank volume that is being created, and enqueues the work', async () => {
    const answer = await create({
      Size: 10,
      Encrypted: false,
      TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'a', Value: 'b' }] }],
    });
    expect(answer).toEqual({
      VolumeId: answer.VolumeId,
      Size: 10,
      SnapshotId: '',
      AvailabilityZone: 'us-east-1a',
      AvailabilityZoneId: 'use1-az1',
      State: 'creating',
      CreateTime: region.time,
      Attachments: [],
      VolumeType: 'gp2',
      Iops: 100,
      Encrypted: false,
      MultiAttachEnabled: false,
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect(region.jobs).toEqual([
      { kind: 'create-volume', subject: answer.VolumeId, input: { volumeId: answer.VolumeId } },
    ]);
    expect((await region.records.read.tags.get(`${answer.VolumeId}/${owner}`))?.tags).toEqual({ a: 'b' });
  });

  test('takes size and product codes from a snapshot, and may be larger than it', async () => {
    await putSnapshot({ productCodes: ['code1'] });
    const same = await create({ SnapshotId: snapshotId });
    expect(same).toMatchObject({ Size: 8, SnapshotId: snapshotId });
    expect((await region.records.read.volumes.get(same.VolumeId!))?.productCodes).toEqual(['code1']);
    expect(await create({ SnapshotId: snapshotId, Size: 9 })).toMatchObject({ Size: 9 });
    expect(await refusal(create({ SnapshotId: snapshotId, Size: 7 }))).toEqual([
      'InvalidParameterValue',
      `Volume of size 7GB is smaller than snapshot '${snapshotId}', expect size >= 8GB`,
      400,
    ]);
  });

  test('uses snapshots that are shared with the caller or public, and no others', async () => {
    const from = () => create({ SnapshotId: snapshotId });
    const notFound = ['InvalidSnapshot.NotFound', `The snapshot '${snapshotId}' does not exist.`, 400];
    expect(await refusal(from())).toEqual(notFound);
    await putSnapshot({ ownerId: stranger });
    expect(await refusal(from())).toEqual(notFound);
    for (const grant of [owner, 'all']) {
      await putSnapshot({ ownerId: stranger, createVolumePermissions: [grant] });
      expect(await from()).toMatchObject({ SnapshotId: snapshotId });
    }
    await putSnapshot({ ownerId: stranger, createVolumePermissions: ['all'], productCodes: ['code1'] });
    expect(await refusal(from())).toEqual(['OptInRequired', expect.stringContaining('pp?sku=code1'), 401]);
    await putSnapshot({ state: 'pending' });
    expect(await refusal(from())).toEqual(['IncorrectState', `${snapshotId} is not 'completed'`, 400]);
    await putSnapshot({ encrypted: true });
    expect(await from()).toMatchObject({ Encrypted: true });
    expect((await refusal(create({ SnapshotId: snapshotId, Encrypted: false })))[0]).toBe(
      'InvalidParameterValue',
    );
    expect((await refusal(create({ SnapshotId: 'snap-z' })))[0]).toBe('InvalidSnapshotID.Malformed');
  });

  test('is placed in one known zone, by name or by id', async () => {
    expect(await create({ AvailabilityZone: '', AvailabilityZoneId: 'use1-az2', Size: 1 })).toMatchObject({
      AvailabilityZone: 'us-east-1b',
    });
    expect(await refusal(create({ AvailabilityZone: undefined, Size: 1 }))).toEqual([
      'MissingParameter',
      'The request must contain the parameter AvailabilityZone',
      400,
    ]);
    expect(await refusal(create({ AvailabilityZoneId: 'use1-az1', Size: 1 }))).toEqual([
      'InvalidParameterCombination',
      'The parameter AvailabilityZone cannot be used with the parameter AvailabilityZoneId',
      400,
    ]);
    expect(await refusal(create({ AvailabilityZone: 'us-east-1z', Size: 1 }))).toEqual([
      'InvalidZone.NotFound',
      "The zone 'us-east-1z' does not exist.",
      400,
    ]);
  });

  test('keeps to the limits of its type', async () => {
    expect(await create({ Size: 10, VolumeType: 'gp3' })).toMatchObject({ Iops: 3000, Throughput: 125 });
    expect(await create({ Size: 10, VolumeType: 'io1', Iops: 500 })).toMatchObject({ Iops: 500 });
    expect((await refusal(create({ Size: 10, VolumeType: 'fast' })))[0]).toBe('UnknownVolumeType');
    expect((await refusal(create({ Size: 10, VolumeType: 'io1' })))[0]).toBe('InvalidParameterCombination');
    expect((await refusal(create({ Size: 10, Iops: 500 })))[0]).toBe('InvalidParameterCombination');
    expect((await refusal(create({ Size: 10, VolumeType: 'st1' })))[0]).toBe('InvalidParameterValue');
    expect((await refusal(create({ Size: 20_000 })))[0]).toBe('InvalidParameterValue');
    expect((await refusal(create()))[1]).toBe('The request must contain the parameter size/snapshot');
  });

  test('refuses by name what is not served', async () => {
    const unserved = async (input: object) => (await refusal(create({ Size: 1, ...input }))).slice(0, 2);
    expect((await unserved({ KmsKeyId: 'alias/x' }))[0]).toBe('InvalidParameterDependency');
    expect((await unserved({ MultiAttachEnabled: true }))[1]).toContain('MultiAttachEnabled');
    expect((await unserved({ OutpostArn: 'arn:x' }))[1]).toContain('OutpostArn');
    expect((await unserved({ TagSpecifications: [{ ResourceType: 'snapshot' }] }))[1]).toBe(
      "'snapshot' is not a valid taggable resource type for this operation.",
    );
  });

  test('with a client token is created once, and only dryly when so asked', async () => {
    const tags = [{ ResourceType: 'volume', Tags: [{ Key: 'a', Value: 'b' }] }];
    const input = { Size: 1, ClientToken: 'token', TagSpecifications: tags };
    expect((await refusal(create({ ...input, DryRun: true })))[0]).toBe('DryRunOperation');
    expect(await region.records.read.volumes.list()).toEqual([]);
    const first = await create(input);
    expect(await create(input)).toEqual(first);
    expect(await refusal(create({ ...input, Size: 2 }))).toEqual([
      'IdempotentParameterMismatch',
      expect.any(String),
      400,
    ]);
    expect(await region.records.read.volumes.list()).toHaveLength(1);
    await region.records.transaction(records => records.volumes.delete(first.VolumeId!));
    expect((await refusal(create(input)))[0]).toBe('InvalidVolume.NotFound');
  });
});

describe('DeleteVolume', () => {
  const remove = (account?: string) => region.call(deleteVolume, { VolumeId: volumeId }, account);

  test('takes an available volume, or one that could not be made, and enqueues the work', async () => {
    for (const state of ['available', 'error'] as const) {
      region.jobs.length = 0;
      await putVolume({ state });
      await remove();
      expect((await region.records.read.volumes.get(volumeId))?.state).toBe('deleting');
      expect(region.jobs).toEqual([{ kind: 'delete-volume', subject: volumeId, input: { volumeId } }]);
    }
  });

  test('refuses a volume in use, in another state, or none of the caller’s', async () => {
    const notFound = ['InvalidVolume.NotFound', `The volume '${volumeId}' does not exist.`, 400];
    expect(await refusal(remove())).toEqual(notFound);
    await putVolume(attachedTo(hexId('i', 1), '/dev/sdf'));
    expect(await refusal(remove(stranger))).toEqual(notFound);
    expect(await refusal(remove())).toEqual([
      'VolumeInUse',
      `Volume ${volumeId} is currently attached to ${hexId('i', 1)}`,
      400,
    ]);
    await putVolume({ state: 'creating' });
    expect(await refusal(remove())).toEqual([
      'IncorrectState',
      `The volume '${volumeId}' is 'creating'`,
      400,
    ]);
    await putVolume({ state: 'deleted' });
    expect(await refusal(remove())).toEqual(notFound);
    expect((await refusal(region.call(deleteVolume, {})))[0]).toBe('MissingParameter');
    expect(region.jobs).toEqual([]);
  });
});
