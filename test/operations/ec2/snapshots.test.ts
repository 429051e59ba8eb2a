import type { DescribeSnapshotsRequest, DescribeSnapshotsResult, Snapshot } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createSnapshot } from '../../../src/operations/ec2/create-snapshot.ts';
import { deleteSnapshot } from '../../../src/operations/ec2/delete-snapshot.ts';
import { describeSnapshots } from '../../../src/operations/ec2/describe-snapshots.ts';
import { anImage, anInstance, aSnapshot, attachedTo, aVolume, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { amazon, owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const volumeId = hexId('vol', 1);
const [mine, theirs, shared, everybodys] = [1, 2, 3, 4].map(n => hexId('snap', n)) as [
  string,
  string,
  string,
  string,
];

beforeEach(() => {
  region = testRegion();
});

describe('CreateSnapshot', () => {
  const create = (input: object = {}, account?: string) =>
    region.call<Snapshot>(createSnapshot, { VolumeId: volumeId, ...input }, account);
  const putVolume = (fields: Parameters<typeof aVolume>[0] = {}) =>
    region.records.transaction(async records => records.volumes.put(aVolume(fields)));

  test('answers a pending snapshot with what the volume hands on, and enqueues the work', async () => {
    await putVolume({ size: 12, encrypted: true, productCodes: ['code1'] });
    const answer = await create({
      Description: 'before the change',
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'a', Value: 'b' }] }],
    });
    expect(answer).toEqual({
      SnapshotId: answer.SnapshotId,
      VolumeId: volumeId,
      State: 'pending',
      StartTime: region.time,
      Progress: '0%',
      OwnerId: owner,
      Description: 'before the change',
      VolumeSize: 12,
      Encrypted: true,
      StorageTier: 'standard',
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect((await region.records.read.snapshots.get(answer.SnapshotId!))?.productCodes).toEqual(['code1']);
    expect(region.jobs).toEqual([
      { kind: 'create-snapshots', subject: volumeId, input: { snapshotIds: [answer.SnapshotId] } },
    ]);
  });

  test('has the work wait its turn with the instance that holds the volume, unless that is terminated', async () => {
    await putVolume(attachedTo(hexId('i', 1), '/dev/sdf'));
    const putInstance = (state: 'running' | 'terminated') =>
      region.records.transaction(async records => records.instances.put(anInstance({ state })));
    await putInstance('running');
    await create();
    await putInstance('terminated');
    await create();
    expect(region.jobs.map(job => job.subject)).toEqual([hexId('i', 1), volumeId]);
  });

  test('refuses what is no volume of the caller’s, or none any more', async () => {
    const notFound = ['InvalidVolume.NotFound', `The volume '${volumeId}' does not exist.`, 400];
    expect(await refusal(create())).toEqual(notFound);
    await putVolume();
    expect(await refusal(create({}, stranger))).toEqual(notFound);
    await putVolume({ state: 'deleted' });
    expect(await refusal(create())).toEqual(notFound);
    await putVolume({ state: 'creating' });
    expect(await refusal(create())).toEqual([
      'IncorrectState',
      `The volume '${volumeId}' is 'creating'`,
      400,
    ]);
    expect((await refusal(create({ VolumeId: 'vol-z' })))[0]).toBe('InvalidVolumeID.Malformed');
    expect((await refusal(create({ VolumeId: '' })))[0]).toBe('MissingParameter');
    expect((await refusal(create({ Description: 'x'.repeat(256) })))[0]).toBe('InvalidParameterValue');
    expect((await refusal(create({ TagSpecifications: [{ ResourceType: 'image' }] })))[1]).toBe(
      "'image' is not a valid taggable resource type for this operation.",
    );
    expect(region.jobs).toEqual([]);
  });
});

describe('DescribeSnapshots', () => {
  const describeAs = (input: DescribeSnapshotsRequest = {}, account?: string) =>
    region.call<DescribeSnapshotsResult>(describeSnapshots, input, account);
  const ids = async (input: DescribeSnapshotsRequest = {}, account?: string) =>
    (await describeAs(input, account)).Snapshots!.map(snapshot => snapshot.SnapshotId);

  beforeEach(async () => {
    await region.records.transaction(async records => {
      await records.snapshots.put(
        aSnapshot({
          snapshotId: mine,
          createVolumePermissions: [stranger],
          completionTime: '2026-05-01T00:01:00.000Z',
          fullSnapshotSizeInBytes: 524288,
        }),
      );
      await records.snapshots.put(aSnapshot({ snapshotId: theirs, ownerId: stranger }));
      await records.snapshots.put(
        aSnapshot({ snapshotId: shared, ownerId: stranger, createVolumePermissions: [owner] }),
      );
      await records.snapshots.put(
        aSnapshot({ snapshotId: everybodys, ownerId: amazon, createVolumePermissions: ['all'] }),
      );
    });
  });

  test('shows own, shared and public snapshots', async () => {
    expect(await ids()).toEqual([mine, shared, everybodys]);
    expect(await ids({ OwnerIds: ['self'] })).toEqual([mine]);
    expect(await ids({ OwnerIds: ['amazon'] })).toEqual([everybodys]);
    expect(await ids({ RestorableByUserIds: ['all'] })).toEqual([everybodys]);
    expect(await ids({ RestorableByUserIds: ['self'] })).toEqual([mine, shared]);
    expect(await ids({ RestorableByUserIds: [stranger] })).toEqual([mine]);
    expect((await refusal(describeAs({ OwnerIds: ['x'] })))[0]).toBe('InvalidUserID.Malformed');
  });

  test('shows the fields of a completed snapshot', async () => {
    expect((await describeAs({ SnapshotIds: [mine] })).Snapshots).toEqual([
      {
        SnapshotId: mine,
        VolumeId: 'vol-ffffffff',
        State: 'completed',
        StartTime: new Date('2026-05-01T00:00:00.000Z'),
        CompletionTime: new Date('2026-05-01T00:01:00.000Z'),
        Progress: '100%',
        OwnerId: owner,
        Description: '',
        VolumeSize: 8,
        FullSnapshotSizeInBytes: 524288,
        Encrypted: false,
        StorageTier: 'standard',
        Tags: [],
      },
    ]);
  });

  test('leaves out an id without access, and refuses one nobody has', async () => {
    expect(await ids({ SnapshotIds: [mine, theirs] })).toEqual([mine]);
    expect(await refusal(describeAs({ SnapshotIds: [hexId('snap', 9)] }))).toEqual([
      'InvalidSnapshot.NotFound',
      `The snapshot '${hexId('snap', 9)}' does not exist.`,
      400,
    ]);
    expect(await refusal(describeAs({ SnapshotIds: ['ami-1'] }))).toEqual([
      'InvalidSnapshotID.Malformed',
      'Invalid id: "ami-1" (expecting "snap-...")',
      400,
    ]);
  });

  test('filters, and pages with MaxResults of 5 to 1000, capping more', async () => {
    expect(await ids({ Filters: [{ Name: 'owner-alias', Values: ['amazon'] }] })).toEqual([everybodys]);
    expect(await ids({ Filters: [{ Name: 'progress', Values: ['100%'] }], MaxResults: 2000 })).toHaveLength(
      3,
    );
    expect(await refusal(describeAs({ MaxResults: 4 }))).toEqual([
      'InvalidParameterValue',
      'Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.',
      400,
    ]);
    expect((await refusal(describeAs({ Filters: [{ Name: 'colour', Values: ['red'] }] })))[1]).toBe(
      "The filter 'colour' is invalid",
    );
  });

  test('shows an upload past its timeout in error', async () => {
    await region.records.transaction(async records =>
      records.snapshots.put(
        aSnapshot({
          snapshotId: mine,
          state: 'pending',
          upload: { sessionId: mine, expiresAt: region.time.toISOString(), timeout: 60 },
        }),
      ),
    );
    expect((await describeAs({ SnapshotIds: [mine] })).Snapshots?.[0]).toMatchObject({
      State: 'error',
      StateMessage: 'The snapshot was not completed within its timeout.',
    });
    expect(await ids({ Filters: [{ Name: 'status', Values: ['pending'] }] })).toEqual([]);
  });
});

describe('DeleteSnapshot', () => {
  const remove = (account?: string, input: object = {}) =>
    region.call(deleteSnapshot, { SnapshotId: mine, ...input }, account);
  const put = (fields: Parameters<typeof aSnapshot>[0] = {}) =>
    region.records.transaction(async records => records.snapshots.put(aSnapshot(fields)));

  test.each(['completed', 'pending'] as const)(
    'forgets a %s snapshot and its tags, and has its blocks freed',
    async state => {
      await put({ state });
      await region.records.transaction(async records =>
        records.tags.put({ resourceId: mine, accountId: owner, resourceType: 'snapshot', tags: { a: 'b' } }),
      );
      await remove();
      expect(await region.records.read.snapshots.list()).toEqual([]);
      expect(await region.records.read.tags.list()).toEqual([]);
      expect(region.jobs).toEqual([{ kind: 'delete-snapshot', subject: mine, input: { snapshotId: mine } }]);
    },
  );

  test.each(['available', 'disabled', 'pending'] as const)(
    'keeps what an image that is %s uses, also as a data volume',
    async state => {
      await put();
      const [root] = anImage().blockDeviceMappings;
      await region.records.transaction(async records =>
        records.images.put(anImage({ state, blockDeviceMappings: [{ ...root!, deviceName: '/dev/sdf' }] })),
      );
      expect(await refusal(remove())).toEqual([
        'InvalidSnapshot.InUse',
        `The snapshot ${mine} is currently in use by ${hexId('ami', 1)}`,
        400,
      ]);
    },
  );

  test('deletes what only a deregistered image used', async () => {
    await put();
    await region.records.transaction(async records => records.images.put(anImage({ state: 'deregistered' })));
    await remove();
    expect(await region.records.read.snapshots.list()).toEqual([]);
  });

  test('is the owner’s', async () => {
    await put();
    expect(await refusal(remove(stranger))).toEqual([
      'InvalidSnapshot.NotFound',
      `The snapshot '${mine}' does not exist.`,
      400,
    ]);
    await put({ createVolumePermissions: ['all'] });
    expect(await refusal(remove(stranger))).toEqual([
      'AuthFailure',
      `Not authorized for snapshot:${mine}`,
      403,
    ]);
    expect((await refusal(remove(owner, { SnapshotId: '' })))[0]).toBe('MissingParameter');
  });
});
