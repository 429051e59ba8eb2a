import { beforeEach, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/domain/snapshot.ts';
import { deleteSnapshot } from '../../../src/operations/ec2/delete-snapshot.ts';
import { describeFastSnapshotRestores } from '../../../src/operations/ec2/describe-fast-snapshot-restores.ts';
import { disableFastSnapshotRestores } from '../../../src/operations/ec2/disable-fast-snapshot-restores.ts';
import { enableFastSnapshotRestores } from '../../../src/operations/ec2/enable-fast-snapshot-restores.ts';
import { aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const SnapshotId = hexId('snap', 1);
const one = { SourceSnapshotIds: [SnapshotId], AvailabilityZones: ['us-east-1a'] };
interface Answer {
  Successful: object[];
  Unsuccessful: object[];
}
const enable = (input: object = {}, account?: string) =>
  region.call<Answer>(enableFastSnapshotRestores, { ...one, ...input }, account);
const disable = (input: object = {}) =>
  region.call<Answer>(disableFastSnapshotRestores, { ...one, ...input });
const shown = async (input: object = {}, account?: string) =>
  (await region.call<{ FastSnapshotRestores: object[] }>(describeFastSnapshotRestores, input, account))
    .FastSnapshotRestores;
const put = (fields: Partial<Snapshot> = {}) =>
  region.records.transaction(async records => records.snapshots.put(aSnapshot(fields)));
const failure = (Code: string, Message: string, SnapshotId = one.SourceSnapshotIds[0]) => ({
  Successful: [],
  Unsuccessful: [
    {
      SnapshotId,
      FastSnapshotRestoreStateErrors: [
        { AvailabilityZone: 'us-east-1a', AvailabilityZoneId: 'use1-az1', Error: { Code, Message } },
      ],
    },
  ],
});

beforeEach(async () => {
  region = testRegion();
  await put();
});

describe('fast snapshot restore', () => {
  test('is enabled zone by zone, once, and told', async () => {
    const enabling = {
      ...{ SnapshotId, AvailabilityZone: 'us-east-1a', AvailabilityZoneId: 'use1-az1', OwnerId: owner },
      ...{ State: 'enabling', StateTransitionReason: 'Client.UserInitiated', EnablingTime: region.time },
    };
    expect(await enable()).toEqual({ Successful: [enabling], Unsuccessful: [] });
    const time = region.time;
    region.time = new Date(time.getTime() + 1000);
    await enable({ AvailabilityZones: undefined, AvailabilityZoneIds: ['use1-az1', 'use1-az2'] });
    expect(await shown()).toMatchObject([
      enabling,
      { AvailabilityZone: 'us-east-1b', EnablingTime: region.time },
    ]);
    expect(await shown({ MaxResults: 0 })).toHaveLength(2);
    const filter = (Name: string, value: string) => ({ Filters: [{ Name, Values: [value] }] });
    expect(await shown(filter('availability-zone-id', 'use1-az2'))).toHaveLength(1);
    expect(await shown(filter('state', 'enabled'))).toEqual([]);
    expect(await shown({}, stranger)).toEqual([]);
    expect(region.jobs[0]).toEqual({
      kind: 'fast-snapshot-restores',
      subject: `fast-restores/${SnapshotId}`,
      input: { snapshotId: SnapshotId },
    });
  });

  test('is disabled on request, and with the snapshot', async () => {
    await enable();
    expect(await disable()).toMatchObject({
      Successful: [{ State: 'disabling', EnablingTime: region.time, DisablingTime: region.time }],
      Unsuccessful: [],
    });
    const text = `Fast snapshot restore is not enabled for '${SnapshotId}' in this zone.`;
    expect(await disable()).toEqual(failure('IncorrectState', text));
    await enable();
    expect(await shown()).toMatchObject([{ State: 'enabling' }]);
    await region.call(deleteSnapshot, { SnapshotId });
    expect(await shown()).toMatchObject([{ State: 'disabling' }]);
  });

  test('is for those the snapshot is shared with, and theirs', async () => {
    const text = `The snapshot '${SnapshotId}' does not exist.`;
    expect(await enable({}, stranger)).toEqual(failure('InvalidSnapshot.NotFound', text));
    await put({ createVolumePermissions: [stranger] });
    await enable({}, stranger);
    expect(await shown({}, stranger)).toMatchObject([{ OwnerId: stranger }]);
    expect(await shown()).toEqual([]);
  });

  test('is for completed snapshots of at most 16 TiB', async () => {
    await put({ state: 'pending' });
    expect(await enable()).toEqual(failure('IncorrectState', `${SnapshotId} is not 'completed'`));
    await put({ volumeSize: 16_385 });
    expect((await enable()).Unsuccessful).toHaveLength(1);
  });

  test('is for five snapshots of an account; the first ones of a request have it', async () => {
    const SourceSnapshotIds = [1, 2, 3, 4, 5, 6].map(n => hexId('snap', n));
    for (const snapshotId of SourceSnapshotIds) await put({ snapshotId });
    const { Successful, Unsuccessful } = await enable({ SourceSnapshotIds });
    expect(Successful).toHaveLength(5);
    expect(Unsuccessful).toMatchObject([{ SnapshotId: SourceSnapshotIds[5] }]);
    expect((await enable()).Unsuccessful).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['no zone', { AvailabilityZones: [] }, 'MissingParameter'],
    ['no snapshot', { SourceSnapshotIds: [] }, 'MissingParameter'],
    ['zones by name and by id', { AvailabilityZoneIds: ['use1-az1'] }, 'InvalidParameterCombination'],
    ['another zone', { AvailabilityZones: ['us-east-1z'] }, 'InvalidZone.NotFound'],
    ['what is no snapshot', { SourceSnapshotIds: ['ami-1'] }, 'InvalidSnapshotID.Malformed'],
  ])('is refused for %s', async (_what, input, code) => {
    expect((await refusal(enable(input)))[0]).toBe(code);
    expect((await refusal(disable(input)))[0]).toBe(code);
  });
});
