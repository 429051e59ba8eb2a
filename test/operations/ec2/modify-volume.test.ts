import type { DescribeVolumesModificationsResult, ModifyVolumeResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { InstanceState } from '../../../src/domain/instance.ts';
import type { Volume } from '../../../src/domain/volume.ts';
import { describeVolumesModifications } from '../../../src/operations/ec2/describe-volumes-modifications.ts';
import { modifyVolume } from '../../../src/operations/ec2/modify-volume.ts';
import { anInstance, attachedTo, aVolume, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const instanceId = hexId('i', 1);
const volumeId = hexId('vol', 1);

const putVolume = (fields: Partial<Volume> = {}) =>
  region.records.transaction(records => records.volumes.put(aVolume(fields)));
const putInstance = (state: InstanceState) =>
  region.records.transaction(records => records.instances.put(anInstance({ state })));
const modify = async (input: object, account?: string) =>
  (await region.call<ModifyVolumeResult>(modifyVolume, { VolumeId: volumeId, ...input }, account))
    .VolumeModification!;

beforeEach(async () => {
  region = testRegion();
  await putVolume();
});

describe('ModifyVolume', () => {
  test('grows an available volume: the record at once, the bytes by a job', async () => {
    expect(await modify({ Size: 20 })).toEqual({
      VolumeId: volumeId,
      ModificationState: 'modifying',
      TargetSize: 20,
      TargetVolumeType: 'gp2',
      TargetMultiAttachEnabled: false,
      OriginalSize: 8,
      OriginalVolumeType: 'gp2',
      OriginalMultiAttachEnabled: false,
      Progress: 0,
      StartTime: region.time,
    });
    expect((await region.records.read.volumes.get(volumeId))?.size).toBe(20);
    expect(region.jobs).toEqual([{ kind: 'modify-volume', subject: volumeId, input: { volumeId } }]);
  });

  test('has the work wait its turn with the stopped instance that has the volume', async () => {
    await putVolume(attachedTo(instanceId, '/dev/xvda'));
    await putInstance('stopped');
    await modify({ Size: 20 });
    expect(region.jobs).toEqual([{ kind: 'modify-volume', subject: instanceId, input: { volumeId } }]);
  });

  test('changes type and performance within the limits of the type', async () => {
    expect(await modify({ VolumeType: 'gp3', Iops: 4000 })).toMatchObject({
      TargetIops: 4000,
      TargetThroughput: 125,
      TargetSize: 8,
    });
    expect(await region.records.read.volumes.get(volumeId)).toMatchObject({
      volumeType: 'gp3',
      iops: 4000,
      throughput: 125,
    });
    await putVolume({ volumeType: 'gp3', iops: 4000, throughput: 250 });
    expect(await modify({ Size: 9 })).toMatchObject({ TargetIops: 4000, TargetThroughput: 250 });
    await putVolume({ volumeType: 'gp3', iops: 4000, throughput: 250 });
    await modify({ VolumeType: 'gp2' });
    expect(await region.records.read.volumes.get(volumeId)).not.toHaveProperty('iops');
    await putVolume({ volumeType: 'io1', iops: 200 });
    expect(await modify({ VolumeType: 'io2' })).toMatchObject({ TargetIops: 200 });
    await putVolume();
    expect((await refusal(modify({ VolumeType: 'io1' })))[0]).toBe('InvalidParameterCombination');
    expect((await refusal(modify({ VolumeType: 'fast' })))[0]).toBe('UnknownVolumeType');
    expect((await refusal(modify({ Throughput: 125 })))[0]).toBe('InvalidParameterCombination');
    expect((await refusal(modify({ Size: 20_000 })))[0]).toBe('InvalidParameterValue');
  });

  test('changes a volume four times in 24 hours', async () => {
    const settle = async () => {
      const { modification, ...volume } = (await region.records.read.volumes.get(volumeId))!;
      await putVolume({ ...volume, modification: { ...modification!, state: 'completed' } });
    };
    for (const Size of [9, 10, 11, 12]) {
      await modify({ Size });
      await settle();
      region.time = new Date(region.time.getTime() + 3_600_000);
    }
    expect(await refusal(modify({ Size: 13 }))).toEqual([
      'VolumeModificationRateExceeded',
      "You've reached the maximum modification rate per volume limit. Wait until 2026-05-11T13:17:12.000Z before you can issue the next modification request for this volume.",
      400,
    ]);
    region.time = new Date('2026-05-11T13:17:12.000Z');
    expect(await modify({ Size: 13 })).toMatchObject({ TargetSize: 13 });
    await settle();
    expect((await refusal(modify({ Size: 14 })))[1]).toContain('Wait until 2026-05-11T14:17:12.000Z');
  });

  test('gives gp3 a quarter of its IOPS as throughput, and no more', async () => {
    expect(await modify({ VolumeType: 'gp3', Throughput: 750 })).toMatchObject({ TargetThroughput: 750 });
    await putVolume();
    expect((await refusal(modify({ VolumeType: 'gp3', Throughput: 751 })))[0]).toBe('InvalidParameterValue');
  });

  test('refuses to shrink, to do nothing, and what is not served', async () => {
    expect(await refusal(modify({ Size: 7 }))).toEqual([
      'InvalidParameterValue',
      'New size cannot be smaller than existing size',
      400,
    ]);
    expect(await refusal(modify({}))).toEqual([
      'InvalidParameterValue',
      'Invalid input: Must specify at least one of size, type, iops, throughput or multi-attach.',
      400,
    ]);
    expect((await refusal(modify({ Size: 9, MultiAttachEnabled: true })))[0]).toBe('UnsupportedOperation');
    expect((await refusal(modify({ Size: 9 }, stranger)))[0]).toBe('InvalidVolume.NotFound');
    expect(region.jobs).toEqual([]);
  });

  test('refuses a volume in another state, read for a snapshot, or still being modified', async () => {
    await putVolume({ state: 'creating' });
    expect(await refusal(modify({ Size: 9 }))).toEqual([
      'IncorrectState',
      `The volume '${volumeId}' is 'creating'`,
      400,
    ]);
    await putVolume();
    await region.records.transaction(records =>
      records.jobs.put({
        jobId: 'job-1',
        kind: 'create-snapshots',
        subject: volumeId,
        input: { snapshotIds: [] },
        state: 'queued',
        attempts: 0,
        createTime: '2026-05-10T13:17:12.000Z',
        runAfter: '2026-05-10T13:17:12.000Z',
      }),
    );
    expect((await refusal(modify({ Size: 9 })))[1]).toContain('is being read');
    await region.records.transaction(records => records.jobs.delete('job-1'));
    await modify({ Size: 9 });
    expect(await refusal(modify({ Size: 10 }))).toEqual([
      'IncorrectModificationState',
      `Volume ${volumeId} cannot be modified in modification state MODIFYING`,
      400,
    ]);
  });

  test('grows a volume of a running instance, but none that comes or goes', async () => {
    await putInstance('running');
    for (const state of ['attaching', 'detaching', 'busy'] as const) {
      const { attachment, ...rest } = attachedTo(instanceId, '/dev/sdf');
      await putVolume({ ...rest, attachment: { ...attachment, state } });
      expect(await refusal(modify({ Size: 9 }))).toEqual([
        'IncorrectState',
        `The volume '${volumeId}' is '${state}'. Try again when it is attached.`,
        400,
      ]);
    }
    await putVolume(attachedTo(instanceId, '/dev/sdf'));
    await modify({ Size: 9 });
    expect(region.jobs).toEqual([{ kind: 'modify-volume', subject: instanceId, input: { volumeId } }]);
  });

  test('refuses a volume of an instance on its way, and a root that would not boot', async () => {
    await putVolume(attachedTo(instanceId, '/dev/xvda'));
    await putInstance('pending');
    expect(await refusal(modify({ Size: 9 }))).toEqual([
      'IncorrectState',
      `Instance '${instanceId}' is not 'running'.`,
      400,
    ]);
    await putInstance('stopped');
    expect((await refusal(modify({ Size: 200, VolumeType: 'st1' })))[1]).toContain(
      'cannot be used for boot volumes',
    );
  });
});

describe('DescribeVolumesModifications', () => {
  const modifications = async (input: object = {}, account?: string) =>
    (
      await region.call<DescribeVolumesModificationsResult>(describeVolumesModifications, input, account)
    ).VolumesModifications!.map(one => [one.VolumeId, one.ModificationState, one.Progress]);

  test('tells the last modification of each volume that had one', async () => {
    await putVolume({ volumeId: hexId('vol', 2) });
    expect(await modifications()).toEqual([]);
    await modify({ Size: 9 });
    expect(await modifications()).toEqual([[volumeId, 'modifying', 0]]);
    const volume = (await region.records.read.volumes.get(volumeId))!;
    await putVolume({
      ...volume,
      modification: { ...volume.modification!, state: 'completed', endTime: region.time.toISOString() },
    });
    expect(await modifications({ VolumeIds: [volumeId] })).toEqual([[volumeId, 'completed', 100]]);
    expect(await modifications({}, stranger)).toEqual([]);
    expect(await refusal(modifications({ VolumeIds: [hexId('vol', 2)] }))).toEqual([
      'InvalidVolumeModification.NotFound',
      `Modification for volume '${hexId('vol', 2)}' does not exist.`,
      400,
    ]);
    expect((await refusal(modifications({ VolumeIds: [hexId('vol', 3)] })))[0]).toBe(
      'InvalidVolume.NotFound',
    );
  });

  test('filters', async () => {
    await modify({ Size: 9 });
    const by = async (Name: string, value: string) =>
      (await modifications({ Filters: [{ Name, Values: [value] }] })).length;
    expect(await by('target-size', '9')).toBe(1);
    expect(await by('original-size', '8')).toBe(1);
    expect(await by('modification-state', 'completed')).toBe(0);
    expect((await refusal(by('colour', 'red')))[1]).toBe("The filter 'colour' is invalid");
  });
});
