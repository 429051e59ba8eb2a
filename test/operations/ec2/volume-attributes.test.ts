import type { DescribeVolumeStatusResult } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { describeVolumeAttribute } from '../../../src/operations/ec2/describe-volume-attribute.ts';
import { describeVolumeStatus } from '../../../src/operations/ec2/describe-volume-status.ts';
import { enableVolumeIO } from '../../../src/operations/ec2/enable-volume-io.ts';
import { modifyVolumeAttribute } from '../../../src/operations/ec2/modify-volume-attribute.ts';
import { attachedTo, aVolume, hexId } from '../../support/records.ts';
import { refusal } from '../../support/refusal.ts';
import { stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const [available, attached, creating, deleting] = [1, 2, 3, 4].map(n => hexId('vol', n)) as [
  string,
  string,
  string,
  string,
];
const notFound = ['InvalidVolume.NotFound', `The volume '${available}' does not exist.`, 400];

beforeEach(async () => {
  region = testRegion();
  await region.records.transaction(async records => {
    await records.volumes.put(aVolume({ volumeId: available, productCodes: ['code1'] }));
    await records.volumes.put(aVolume({ volumeId: attached, ...attachedTo(hexId('i', 1), '/dev/sdf') }));
    await records.volumes.put(aVolume({ volumeId: creating, state: 'creating' }));
    await records.volumes.put(aVolume({ volumeId: deleting, state: 'deleting' }));
  });
});

describe('DescribeVolumeStatus', () => {
  const statuses = async (input: object = {}, account?: string) =>
    (await region.call<DescribeVolumeStatusResult>(describeVolumeStatus, input, account)).VolumeStatuses!;
  const ids = async (input: object = {}) => (await statuses(input)).map(one => one.VolumeId);

  test('is ok for a volume that is there', async () => {
    expect(await statuses({ VolumeIds: [attached] })).toEqual([
      {
        VolumeId: attached,
        AvailabilityZone: 'us-east-1a',
        AvailabilityZoneId: 'use1-az1',
        VolumeStatus: {
          Status: 'ok',
          Details: [
            { Name: 'io-enabled', Status: 'passed' },
            { Name: 'io-performance', Status: 'not-applicable' },
          ],
        },
        Events: [],
        Actions: [],
        AttachmentStatuses: [{ InstanceId: hexId('i', 1), IoPerformance: 'not-applicable' }],
      },
    ]);
  });

  test('has no data of one that is being made, and leaves out what is going', async () => {
    expect((await statuses({ VolumeIds: [creating] }))[0]!.VolumeStatus?.Status).toBe('insufficient-data');
    expect(await ids()).toEqual([available, attached, creating]);
    expect(await statuses({}, stranger)).toEqual([]);
  });

  test('filters and pages', async () => {
    const by = (Name: string, value: string) => ids({ Filters: [{ Name, Values: [value] }] });
    expect(await by('volume-status.status', 'ok')).toEqual([available, attached]);
    expect(await by('volume-status.details-status', 'insufficient-data')).toEqual([creating]);
    expect(await by('availability-zone', 'us-east-1b')).toEqual([]);
    expect(await by('event.event-type', '*')).toEqual([]);
    expect((await refusal(by('colour', 'red')))[1]).toBe("The filter 'colour' is invalid");
    expect((await refusal(ids({ MaxResults: 1 })))[0]).toBe('InvalidParameterValue');
    expect((await refusal(ids({ VolumeIds: [available], MaxResults: 5 })))[0]).toBe(
      'InvalidParameterCombination',
    );
    expect((await refusal(ids({ VolumeIds: ['vol-z'] })))[0]).toBe('InvalidVolumeID.Malformed');
  });
});

describe('volume attributes', () => {
  const attribute = (Attribute?: string, account?: string) =>
    region.call(describeVolumeAttribute, { VolumeId: available, Attribute }, account);

  test('autoEnableIO is off until it is set', async () => {
    const set = (Value?: boolean, account?: string) =>
      region.call(modifyVolumeAttribute, { VolumeId: available, AutoEnableIO: { Value } }, account);
    expect(await attribute('autoEnableIO')).toEqual({ VolumeId: available, AutoEnableIO: { Value: false } });
    await set(true);
    expect(await attribute('autoEnableIO')).toEqual({ VolumeId: available, AutoEnableIO: { Value: true } });
    expect(await refusal(set(undefined))).toEqual([
      'MissingParameter',
      'The request must contain the parameter AutoEnableIO.Value',
      400,
    ]);
    expect(await refusal(set(true, stranger))).toEqual(notFound);
  });

  test('productCodes are those of its snapshot', async () => {
    expect(await attribute('productCodes')).toEqual({
      VolumeId: available,
      ProductCodes: [{ ProductCodeId: 'code1', ProductCodeType: 'marketplace' }],
    });
  });

  test('are refused where unknown, missing or of another account', async () => {
    expect(await refusal(attribute('colour'))).toEqual([
      'InvalidParameterValue',
      'Value (colour) for parameter attribute is invalid. Unknown attribute.',
      400,
    ]);
    expect((await refusal(attribute()))[0]).toBe('MissingParameter');
    expect(await refusal(attribute('productCodes', stranger))).toEqual(notFound);
  });
});

describe('EnableVolumeIO', () => {
  const enable = (VolumeId: string, account?: string) => region.call(enableVolumeIO, { VolumeId }, account);

  test('succeeds for a volume that is there, and refuses others', async () => {
    expect(await enable(available)).toEqual({});
    expect(await refusal(enable(creating))).toEqual([
      'IncorrectState',
      `The volume '${creating}' is 'creating'`,
      400,
    ]);
    expect(await refusal(enable(available, stranger))).toEqual(notFound);
  });
});
