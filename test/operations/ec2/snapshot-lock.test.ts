import type {
  DescribeLockedSnapshotsResult,
  LockSnapshotRequest,
  LockSnapshotResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/domain/snapshot.ts';
import { deleteSnapshot } from '../../../src/operations/ec2/delete-snapshot.ts';
import { deregisterImage } from '../../../src/operations/ec2/deregister-image.ts';
import { describeLockedSnapshots } from '../../../src/operations/ec2/describe-locked-snapshots.ts';
import { lockSnapshot } from '../../../src/operations/ec2/lock-snapshot.ts';
import { unlockSnapshot } from '../../../src/operations/ec2/unlock-snapshot.ts';
import { anImage, aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const SnapshotId = hexId('snap', 1);
const hour = 3_600_000;
const now = new Date('2026-05-10T13:17:12.000Z');
const inDays = (days: number) => new Date(now.getTime() + days * 24 * hour);
const lock = (input: Partial<LockSnapshotRequest>, account?: string) =>
  region.call<LockSnapshotResult>(lockSnapshot, { SnapshotId, LockMode: 'governance', ...input }, account);
const unlock = (account?: string) => region.call(unlockSnapshot, { SnapshotId }, account);
const remove = () => region.call(deleteSnapshot, { SnapshotId });
const locked = async (input: object = {}) =>
  (await region.call<DescribeLockedSnapshotsResult>(describeLockedSnapshots, input)).Snapshots!;
const put = (fields: Partial<Snapshot> = {}) =>
  region.records.transaction(async records => records.snapshots.put(aSnapshot(fields)));
const isLocked = ['SnapshotLocked', `The snapshot '${SnapshotId}' is locked and cannot be deleted.`, 400];

beforeEach(async () => {
  region = testRegion();
  await put();
});

describe('a lock', () => {
  test('in governance mode keeps the snapshot until it is unlocked or its time is over', async () => {
    expect(await lock({ LockDuration: 2 })).toEqual({
      SnapshotId,
      ...{ LockState: 'governance', LockDuration: 2, LockCreatedOn: now },
      ...{ LockDurationStartTime: now, LockExpiresOn: inDays(2) },
    });
    expect(await refusal(remove())).toEqual(isLocked);
    expect((await lock({ LockDuration: 1 })).LockExpiresOn).toEqual(inDays(1));
    expect(await unlock()).toEqual({ SnapshotId });
    expect(await refusal(unlock())).toEqual([
      'IncorrectState',
      `The snapshot '${SnapshotId}' is not locked.`,
      400,
    ]);
    await lock({ LockDuration: 1 });
    region.time = inDays(1);
    expect(await locked()).toMatchObject([{ LockState: 'expired' }]);
    await remove();
  });

  test('in compliance mode can be changed while it cools off, and then only be prolonged', async () => {
    const compliance = { LockMode: 'compliance' as const };
    expect(await lock({ ...compliance, LockDuration: 5, CoolOffPeriod: 1 })).toMatchObject({
      ...{ LockState: 'compliance-cooloff', CoolOffPeriod: 1 },
      CoolOffPeriodExpiresOn: new Date(now.getTime() + hour),
    });
    expect(await refusal(remove())).toEqual(isLocked);
    await unlock();
    await lock({ ...compliance, LockDuration: 5, CoolOffPeriod: 1 });
    region.time = new Date(now.getTime() + hour);
    expect(await locked()).toMatchObject([{ LockState: 'compliance' }]);
    const refused = (why: string) => [
      'OperationNotPermitted',
      `The snapshot '${SnapshotId}' is locked in compliance mode${why}`,
      400,
    ];
    expect(await refusal(unlock())).toEqual(refused(' and cannot be unlocked.'));
    expect(await refusal(lock({ LockDuration: 9 }))).toEqual(refused(': the lock mode cannot be changed.'));
    expect(await refusal(lock({ ...compliance, LockDuration: 9, CoolOffPeriod: 1 }))).toEqual(
      refused(': its cooling-off period is over.'),
    );
    expect(await refusal(lock({ ...compliance, LockDuration: 4 }))).toEqual(
      refused(': the lock duration can only be increased.'),
    );
    expect(await refusal(lock({ ...compliance, ExpirationDate: inDays(4) }))).toEqual(
      refused(': the lock duration can only be increased.'),
    );
    await lock({ ...compliance, LockDuration: 6 });
    expect(await refusal(remove())).toEqual(isLocked);
  });

  test('may end at a date', async () => {
    expect(await lock({ ExpirationDate: new Date('2026-05-12T00:00:00Z') })).toMatchObject({
      ...{ LockDuration: 2, LockExpiresOn: new Date('2026-05-12T00:00:00Z') },
    });
  });

  test('of a pending snapshot begins with its completion', async () => {
    await put({ state: 'pending' });
    const answer = await lock({ LockDuration: 1 });
    expect([answer.LockDurationStartTime, answer.LockExpiresOn]).toEqual([undefined, undefined]);
    const record = (await region.records.read.snapshots.get(SnapshotId))!;
    await put({ ...record, state: 'completed', completionTime: inDays(3).toISOString() });
    expect(await locked()).toMatchObject([{ LockDurationStartTime: inDays(3), LockExpiresOn: inDays(4) }]);
  });

  test('keeps a snapshot also where its image is deregistered with its snapshots', async () => {
    await region.records.transaction(async records => records.images.put(anImage()));
    await lock({ LockDuration: 1 });
    const input = { ImageId: hexId('ami', 1), DeleteAssociatedSnapshots: true };
    expect(await region.call(deregisterImage, input)).toEqual({
      Return: true,
      DeleteSnapshotResults: [{ SnapshotId, ReturnCode: 'client-error' }],
    });
    expect(await region.records.read.snapshots.get(SnapshotId)).toBeDefined();
  });

  test.each<[string, Partial<LockSnapshotRequest>, string, string]>([
    [
      'no mode',
      { LockMode: '' as never, LockDuration: 1 },
      'MissingParameter',
      'The request must contain the parameter LockMode',
    ],
    [
      'another mode',
      { LockMode: 'strict' as never, LockDuration: 1 },
      'InvalidParameterValue',
      'Value (strict) for parameter LockMode is invalid. Expecting governance or compliance.',
    ],
    ['no end', {}, 'InvalidParameterCombination', 'Specify either LockDuration or ExpirationDate.'],
    [
      'two ends',
      { LockDuration: 1, ExpirationDate: inDays(2) },
      'InvalidParameterCombination',
      'Specify either LockDuration or ExpirationDate.',
    ],
    [
      'more than a hundred years',
      { LockDuration: 36_501 },
      'InvalidParameterValue',
      'Value (36501) for parameter LockDuration is invalid. Expecting 1 to 36500.',
    ],
    [
      'a date within the day',
      { ExpirationDate: new Date(inDays(1).getTime() - 1) },
      'InvalidParameterValue',
      'ExpirationDate must be at least one day in the future.',
    ],
    [
      'cooling off in governance mode',
      { LockDuration: 1, CoolOffPeriod: 1 },
      'InvalidParameterCombination',
      'CoolOffPeriod cannot be specified with the lock mode governance.',
    ],
    [
      'cooling off for four days',
      { LockMode: 'compliance', LockDuration: 1, CoolOffPeriod: 96 },
      'InvalidParameterValue',
      'Value (96) for parameter CoolOffPeriod is invalid. Expecting 1 to 72.',
    ],
    [
      'no snapshot',
      { SnapshotId: '' },
      'MissingParameter',
      'The request must contain the parameter SnapshotId',
    ],
  ])('is refused with %s', async (_what, input, code, message) => {
    expect(await refusal(lock(input))).toEqual([code, message, 400]);
    expect(await locked()).toEqual([]);
  });

  test('is the owner’s to set, to lift and to see', async () => {
    await put({ createVolumePermissions: [stranger] });
    await lock({ LockDuration: 1 });
    const refused = ['AuthFailure', `Not authorized for snapshot:${SnapshotId}`, 403];
    expect(await refusal(lock({ LockDuration: 1 }, stranger))).toEqual(refused);
    expect(await refusal(unlock(stranger))).toEqual(refused);
    expect(await region.call(describeLockedSnapshots, {}, stranger)).toEqual({ Snapshots: [] });
  });
});

test('DescribeLockedSnapshots lists what was locked, by id, by state, page by page', async () => {
  for (let n = 1; n <= 7; n++) {
    await put({ snapshotId: hexId('snap', n) });
    if (n < 7) await lock({ SnapshotId: hexId('snap', n), LockDuration: n });
  }
  region.time = inDays(1);
  const Filters = [{ Name: 'lock-state', Values: ['expired'] }];
  expect(await locked({ Filters })).toMatchObject([{ SnapshotId, OwnerId: owner, LockState: 'expired' }]);
  expect(await locked({ SnapshotIds: [hexId('snap', 2), hexId('snap', 7)] })).toHaveLength(1);
  const page = (NextToken?: string) =>
    region.call<DescribeLockedSnapshotsResult>(describeLockedSnapshots, { MaxResults: 5, NextToken });
  const first = await page();
  const second = await page(first.NextToken);
  expect([first.Snapshots!.length, second.Snapshots!.length, second.NextToken]).toEqual([5, 1, undefined]);
  expect(await refusal(locked({ Filters: [{ Name: 'colour', Values: ['red'] }] }))).toEqual([
    'InvalidParameterValue',
    "The filter 'colour' is invalid",
    400,
  ]);
});
