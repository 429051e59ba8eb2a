import { beforeEach, expect, test } from 'vitest';
import { describeSnapshotTierStatus } from '../../../src/operations/ec2/describe-snapshot-tier-status.ts';
import { modifySnapshotTier } from '../../../src/operations/ec2/modify-snapshot-tier.ts';
import { restoreSnapshotTier } from '../../../src/operations/ec2/restore-snapshot-tier.ts';
import { aSnapshot, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const SnapshotId = hexId('snap', 1);
beforeEach(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    await records.snapshots.put(aSnapshot());
    await records.snapshots.put(aSnapshot({ snapshotId: hexId('snap', 2), ownerId: stranger }));
  });
});
const status = async (Filters?: object[]) =>
  (await region.call<{ SnapshotTierStatuses: object[] }>(describeSnapshotTierStatus, { Filters }))
    .SnapshotTierStatuses;

test('every snapshot is in the standard tier', async () => {
  const told = { SnapshotId, VolumeId: 'vol-ffffffff', Status: 'completed', OwnerId: owner };
  expect(await status()).toEqual([{ ...told, Tags: [], StorageTier: 'standard' }]);
  expect(await status([{ Name: 'snapshot-id', Values: [SnapshotId] }])).toHaveLength(1);
  expect(await status([{ Name: 'last-tiering-operation', Values: ['archival-completed'] }])).toEqual([]);
});

test('pages go on where they ended', async () => {
  await region.records.transaction(async records => {
    for (let n = 3; n < 9; n++) await records.snapshots.put(aSnapshot({ snapshotId: hexId('snap', n) }));
  });
  type Page = { SnapshotTierStatuses: { SnapshotId: string }[]; NextToken?: string };
  const page = (NextToken?: string) =>
    region.call<Page>(describeSnapshotTierStatus, { MaxResults: 5, NextToken });
  const first = await page();
  const second = await page(first.NextToken);
  const shown = [first, second].flatMap(one => one.SnapshotTierStatuses.map(status => status.SnapshotId));
  expect(shown).toEqual([1, 3, 4, 5, 6, 7, 8].map(n => hexId('snap', n)));
  expect([first.SnapshotTierStatuses.length, second.NextToken]).toEqual([5, undefined]);
});

test('no snapshot is said to be archived, or brought back from where it was not', async () => {
  expect(await refusal(region.call(modifySnapshotTier, { SnapshotId, StorageTier: 'archive' }))).toEqual([
    'UnsupportedOperation',
    `The snapshot '${SnapshotId}' stays in the standard tier: there is no archive tier here. Export it to a file instead.`,
    400,
  ]);
  expect((await refusal(region.call(restoreSnapshotTier, { SnapshotId, PermanentRestore: true })))[0]).toBe(
    'IncorrectState',
  );
  const other = { SnapshotId, StorageTier: 'cold' };
  expect((await refusal(region.call(modifySnapshotTier, other)))[0]).toBe('InvalidParameterValue');
  for (const operation of [modifySnapshotTier, restoreSnapshotTier])
    expect((await refusal(region.call(operation, { SnapshotId }, stranger)))[0]).toBe(
      'InvalidSnapshot.NotFound',
    );
});
