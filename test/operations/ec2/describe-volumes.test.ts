import type { DescribeVolumesRequest, DescribeVolumesResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { volumeFilters } from '../../../src/domain/volume-filters.ts';
import { describeVolumes } from '../../../src/operations/ec2/describe-volumes.ts';
import { attachedTo, aVolume, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const [attached, foreign, deleted] = [1, 2, 3].map(n => hexId('vol', n)) as [string, string, string];
const describeAs = (input: DescribeVolumesRequest = {}) =>
  region.call<DescribeVolumesResult>(describeVolumes, input);
const ids = async (input: DescribeVolumesRequest = {}) =>
  (await describeAs(input)).Volumes!.map(volume => volume.VolumeId);

beforeEach(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    await records.volumes.put(
      aVolume({
        volumeId: attached,
        snapshotId: hexId('snap', 1),
        ...attachedTo(hexId('i', 1), '/dev/xvda'),
      }),
    );
    await records.volumes.put(aVolume({ volumeId: foreign, ownerId: stranger }));
    await records.volumes.put(
      aVolume({ volumeId: deleted, state: 'deleted', deletedTime: '2026-05-10T13:16:13.000Z' }),
    );
    await records.tags.put({
      resourceId: attached,
      accountId: owner,
      resourceType: 'volume',
      tags: { a: 'b' },
    });
  });
});

describe('DescribeVolumes', () => {
  test('shows a volume with its attachment', async () => {
    expect((await describeAs({ VolumeIds: [attached] })).Volumes).toEqual([
      {
        VolumeId: attached,
        Size: 8,
        SnapshotId: hexId('snap', 1),
        AvailabilityZone: 'us-east-1a',
        AvailabilityZoneId: 'use1-az1',
        State: 'in-use',
        CreateTime: new Date('2026-05-01T00:00:00.000Z'),
        Attachments: [
          {
            VolumeId: attached,
            InstanceId: hexId('i', 1),
            Device: '/dev/xvda',
            State: 'attached',
            AttachTime: new Date('2026-05-01T00:00:00.000Z'),
            DeleteOnTermination: true,
          },
        ],
        VolumeType: 'gp2',
        Iops: 100,
        Encrypted: false,
        MultiAttachEnabled: false,
        Tags: [{ Key: 'a', Value: 'b' }],
      },
    ]);
  });

  test('shows a deleted volume for a minute', async () => {
    expect(await ids()).toEqual([attached, deleted]);
    region.time = new Date('2026-05-10T13:17:13.000Z');
    expect(await ids()).toEqual([attached]);
    expect(await refusal(describeAs({ VolumeIds: [deleted] }))).toEqual([
      'InvalidVolume.NotFound',
      `The volume '${deleted}' does not exist.`,
      400,
    ]);
  });

  test('filters by each of its filters', async () => {
    expect(Object.keys(volumeFilters)).toHaveLength(18);
    const by = (Name: string, ...Values: string[]) => ids({ Filters: [{ Name, Values }] });
    expect(await by('attachment.instance-id', hexId('i', 1))).toEqual([attached]);
    expect(await by('attachment.delete-on-termination', 'false')).toEqual([]);
    expect(await by('status', 'deleted', 'error')).toEqual([deleted]);
    expect(await by('volume-id', attached)).toEqual([attached]);
    expect(await by('availability-zone-id', 'use1-az1')).toEqual([attached, deleted]);
    expect(await by('tag-key', 'a')).toEqual([attached]);
    expect((await refusal(by('colour', 'red')))[1]).toBe("The filter 'colour' is invalid");
  });

  test("does not tell another account's volume from a missing one", async () => {
    expect((await refusal(describeAs({ VolumeIds: [attached, foreign] })))[1]).toBe(
      `The volume '${foreign}' does not exist.`,
    );
    expect((await refusal(describeAs({ VolumeIds: ['vol-z'] })))[1]).toBe('Invalid id: "vol-z"');
    expect((await refusal(describeAs({ VolumeIds: [attached], MaxResults: 5 })))[0]).toBe(
      'InvalidParameterCombination',
    );
    expect((await describeAs({ MaxResults: 1000 })).NextToken).toBeUndefined();
  });
});
