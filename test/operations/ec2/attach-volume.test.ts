import type { DescribeInstancesResult, VolumeAttachment } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Instance } from '../../../src/domain/instance.ts';
import type { Job } from '../../../src/domain/job.ts';
import type { Volume } from '../../../src/domain/volume.ts';
import { attachVolume } from '../../../src/operations/ec2/attach-volume.ts';
import { describeInstances } from '../../../src/operations/ec2/describe-instances.ts';
import { detachVolume } from '../../../src/operations/ec2/detach-volume.ts';
import { startInstances } from '../../../src/operations/ec2/start-instances.ts';
import { anInstance, aSnapshot, attachedTo, aVolume, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const instanceId = hexId('i', 1);
const [root, data] = [hexId('vol', 1), hexId('vol', 2)] as [string, string];

const putInstance = (fields: Partial<Instance> = {}) =>
  region.records.transaction(records => records.instances.put(anInstance({ state: 'stopped', ...fields })));
const putVolume = (fields: Partial<Volume>) =>
  region.records.transaction(records => records.volumes.put(aVolume(fields)));
const putJob = (fields: Partial<Job>) =>
  region.records.transaction(records =>
    records.jobs.put({
      jobId: 'job-1',
      kind: 'store-snapshots',
      subject: hexId('snap', 1),
      input: { views: [], holderId: instanceId },
      state: 'queued',
      attempts: 0,
      createTime: '2026-05-10T13:17:12.000Z',
      runAfter: '2026-05-10T13:17:12.000Z',
      ...fields,
    }),
  );
const volume = (id: string) => region.records.read.volumes.get(id);
const devices = async () =>
  (await region.call<DescribeInstancesResult>(describeInstances, {})).Reservations![0]!.Instances![0]!
    .BlockDeviceMappings!;
const attach = (input: object = {}, account?: string) =>
  region.call<VolumeAttachment>(
    attachVolume,
    { VolumeId: data, InstanceId: instanceId, Device: '/dev/sdf', ...input },
    account,
  );
const detach = (input: object = {}, account?: string) =>
  region.call<VolumeAttachment>(detachVolume, { VolumeId: data, ...input }, account);

beforeEach(async () => {
  region = testRegion();
  await putInstance();
  await putVolume({ volumeId: root, ...attachedTo(instanceId, '/dev/xvda') });
  await putVolume({ volumeId: data });
});

describe('AttachVolume', () => {
  test('gives a stopped instance the volume, which outlives it', async () => {
    expect(await attach()).toEqual({
      VolumeId: data,
      InstanceId: instanceId,
      Device: '/dev/sdf',
      State: 'attached',
      AttachTime: region.time,
      DeleteOnTermination: false,
    });
    expect((await volume(data))?.state).toBe('in-use');
    expect((await devices())[0]).toEqual({
      DeviceName: '/dev/sdf',
      Ebs: { VolumeId: data, Status: 'attached', AttachTime: region.time, DeleteOnTermination: false },
    });
  });

  test('gives a running instance the volume, by a job', async () => {
    await putInstance({ state: 'running' });
    expect(await attach()).toMatchObject({ State: 'attaching', DeleteOnTermination: false });
    expect(await volume(data)).toMatchObject({ state: 'in-use', attachment: { state: 'attaching' } });
    expect(region.jobs).toEqual([
      { kind: 'attach-volume', subject: data, input: { volumeId: data, instanceId } },
    ]);
  });

  test('refuses instances on their way, and running ones a volume with product codes', async () => {
    for (const state of ['pending', 'stopping', 'terminated'] as const) {
      await putInstance({ state });
      expect(await refusal(attach())).toEqual([
        'IncorrectState',
        `Instance '${instanceId}' is not 'running'.`,
        400,
      ]);
    }
    await putInstance({ state: 'running' });
    await putVolume({ volumeId: data, productCodes: ['code1'] });
    expect(await refusal(attach())).toEqual([
      'IncorrectState',
      `Instance '${instanceId}' is not 'stopped'.`,
      400,
    ]);
    expect(region.jobs).toEqual([]);
  });

  test('refuses a volume in use, not available, in another zone, or of somebody else', async () => {
    expect(await refusal(attach({ VolumeId: root }))).toEqual([
      'VolumeInUse',
      `${root} is already attached to an instance`,
      400,
    ]);
    await putVolume({ volumeId: data, state: 'creating' });
    expect(await refusal(attach())).toEqual(['IncorrectState', `${data} is not 'available'`, 400]);
    await putVolume({ volumeId: data, availabilityZone: 'us-east-1b' });
    expect(await refusal(attach())).toEqual([
      'InvalidVolume.ZoneMismatch',
      `The volume '${data}' is not in the same availability zone as instance '${instanceId}'`,
      400,
    ]);
    expect((await refusal(attach({}, stranger)))[0]).toBe('InvalidVolume.NotFound');
    await putVolume({ volumeId: data, ownerId: stranger });
    expect((await refusal(attach({}, stranger)))[0]).toBe('InvalidInstanceID.NotFound');
  });

  test('refuses devices that are taken or none, and missing parameters', async () => {
    expect(await refusal(attach({ Device: 'xvda' }))).toEqual([
      'InvalidParameterValue',
      "Invalid value 'xvda' for unixDevice. Attachment point xvda is already in use",
      400,
    ]);
    expect(await refusal(attach({ Device: '/dev/hdx' }))).toEqual([
      'InvalidParameterValue',
      'Value (/dev/hdx) for parameter device is invalid. /dev/hdx is not a valid EBS device name.',
      400,
    ]);
    for (const missing of ['VolumeId', 'InstanceId', 'Device'])
      expect(await refusal(attach({ [missing]: undefined }))).toEqual([
        'MissingParameter',
        `The request must contain the parameter ${missing}`,
        400,
      ]);
    expect((await refusal(attach({ EbsCardIndex: 1 })))[0]).toBe('UnsupportedOperation');
    expect((await refusal(attach({ DryRun: true })))[0]).toBe('DryRunOperation');
    expect((await volume(data))?.state).toBe('available');
  });

  test('refuses more volumes than an instance may have', async () => {
    for (let n = 0; n < 26; n++) {
      const device = `/dev/xvdb${String.fromCharCode(97 + n)}`;
      await putVolume({ volumeId: hexId('vol', 10 + n), ...attachedTo(instanceId, device) });
    }
    expect(await refusal(attach())).toEqual([
      'AttachmentLimitExceeded',
      'You may attach up to 27 devices for this instance type. Please use a larger instance size to attach more volumes. For a detailed list of limits please see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html',
      400,
    ]);
  });

  test('waits until a snapshot no longer reads the volume where it is', async () => {
    const beingRead = [
      'IncorrectState',
      `The volume '${data}' is being read for a snapshot or an image. Try again when that is completed.`,
      400,
    ];
    await putJob({ input: { views: [{ snapshotId: hexId('snap', 1), volumeId: data }], holderId: data } });
    expect(await refusal(attach())).toEqual(beingRead);
    await putJob({ kind: 'create-snapshots', subject: data, input: { snapshotIds: [] } });
    expect(await refusal(attach())).toEqual(beingRead);
    // Asked for while it was being detached from an instance.
    const snapshotId = hexId('snap', 1);
    await region.records.transaction(records =>
      records.snapshots.put(aSnapshot({ snapshotId, volumeId: data, state: 'pending' })),
    );
    await putJob({
      kind: 'create-snapshots',
      subject: hexId('i', 2),
      input: { snapshotIds: [snapshotId] },
    });
    expect(await refusal(attach())).toEqual(beingRead);
    await putJob({ state: 'failed' });
    await attach();
  });

  test('and DetachVolume add and remove the product codes of the volume', async () => {
    await putInstance({ productCodes: ['own'] });
    await putVolume({ volumeId: data, productCodes: ['code1'] });
    const codes = async () => (await region.records.read.instances.get(instanceId))?.productCodes;
    await attach();
    expect(await codes()).toEqual(['own', 'code1']);
    await detach();
    expect(await codes()).toEqual(['own']);
  });
});

describe('DetachVolume', () => {
  test('takes a volume from a stopped instance', async () => {
    await attach();
    expect(await detach({ InstanceId: instanceId, Device: '/dev/sdf' })).toEqual({
      VolumeId: data,
      InstanceId: instanceId,
      Device: '/dev/sdf',
      State: 'detached',
      AttachTime: region.time,
      DeleteOnTermination: false,
    });
    expect(await volume(data)).toEqual(aVolume({ volumeId: data }));
    expect(await devices()).toHaveLength(1);
  });

  test('takes the root too: the instance starts again once it has another', async () => {
    const start = () => region.call(startInstances, { InstanceIds: [instanceId] });
    await detach({ VolumeId: root });
    expect(await refusal(start())).toEqual([
      'InvalidParameterValue',
      `Invalid value '${instanceId}' for instanceId. Instance does not have a volume attached at root (/dev/xvda)`,
      400,
    ]);
    await attach({ Device: '/dev/xvda' });
    await start();
    expect(region.jobs.map(job => job.kind)).toEqual(['launch-instance']);
  });

  test('refuses what is not attached, or not there', async () => {
    const notAttached = ['InvalidAttachment.NotFound', `The volume '${data}' is not 'attached'.`, 400];
    const available = ['IncorrectState', `Volume '${data}' is in the 'available' state.`, 400];
    expect(await refusal(detach())).toEqual(available);
    await attach();
    expect(await refusal(detach({ InstanceId: hexId('i', 2) }))).toEqual(notAttached);
    expect(await refusal(detach({ Device: '/dev/sdg' }))).toEqual(notAttached);
    expect((await refusal(detach({}, stranger)))[0]).toBe('InvalidVolume.NotFound');
    expect((await refusal(detach({ VolumeId: '' })))[0]).toBe('MissingParameter');
  });

  test('asks a running instance for a volume by a job, once, and again by force', async () => {
    await attach();
    await putInstance({ state: 'running' });
    const job = (force: boolean) => ({
      kind: 'detach-volume',
      subject: data,
      input: { volumeId: data, instanceId, force },
    });
    for (let round = 0; round < 2; round++) expect((await detach()).State).toBe('detaching');
    expect(region.jobs).toEqual([job(false)]);
    const held = (await volume(data))!;
    await putVolume({ ...held, attachment: { ...held.attachment!, state: 'busy' } });
    expect((await detach()).State).toBe('busy');
    expect((await detach({ Force: true })).State).toBe('detaching');
    expect(region.jobs).toEqual([job(false), job(true)]);
    expect((await volume(data))?.state).toBe('in-use');
  });

  test('refuses the root of an instance that is not stopped, and instances on their way', async () => {
    await attach();
    await putInstance({ state: 'running' });
    expect(await refusal(detach({ VolumeId: root }))).toEqual([
      'IncorrectState',
      `Unable to detach root volume '${root}' from instance '${instanceId}'`,
      400,
    ]);
    await putInstance({ state: 'stopping' });
    expect(await refusal(detach())).toEqual([
      'IncorrectState',
      `Instance '${instanceId}' is not 'stopped'.`,
      400,
    ]);
  });

  test('of a running instance waits for readers of that volume only', async () => {
    await attach();
    await putInstance({ state: 'running' });
    await putJob({});
    const views = [{ snapshotId: hexId('snap', 1), volumeId: data }];
    await putJob({ jobId: 'job-2', input: { views, holderId: instanceId } });
    expect((await refusal(detach()))[1]).toContain('is being read');
    await putJob({ jobId: 'job-2', state: 'failed' });
    expect((await detach()).State).toBe('detaching');
  });

  test('waits until nothing reads the volumes of the instance', async () => {
    await attach();
    await putJob({});
    expect((await refusal(detach()))[1]).toContain('is being read');
    await putJob({ kind: 'create-image', subject: instanceId, input: {} });
    expect((await refusal(detach()))[1]).toContain('is being read');
    await putJob({ kind: 'stop-instance', subject: instanceId, input: {} });
    await detach();
  });
});
