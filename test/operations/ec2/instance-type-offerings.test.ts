import type { DescribeInstanceTypeOfferingsResult } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { instanceTypes } from '../../../src/domain/instance-types.ts';
import { describeInstanceTypeOfferings } from '../../../src/operations/ec2/describe-instance-type-offerings.ts';
import { testRegion } from '../region.ts';
import { refusal } from './launch-fixtures.ts';

const region = testRegion();
const offerings = (input: object) =>
  region.call<DescribeInstanceTypeOfferingsResult>(describeInstanceTypeOfferings, input);

test('every type is offered in the region and in each of its zones', async () => {
  const { InstanceTypeOfferings } = await offerings({});
  expect(InstanceTypeOfferings).toHaveLength(instanceTypes.length);
  expect(InstanceTypeOfferings![0]).toMatchObject({ LocationType: 'region', Location: 'us-east-1' });
  const one = { Filters: [{ Name: 'instance-type', Values: ['t3.micro'] }] };
  const places = async (LocationType: string) =>
    (await offerings({ LocationType, ...one })).InstanceTypeOfferings!.map(offer => offer.Location);
  expect(await places('availability-zone')).toEqual(['us-east-1a', 'us-east-1b']);
  expect(await places('availability-zone-id')).toEqual(['use1-az1', 'use1-az2']);
  expect(await places('outpost')).toEqual([]);
});

test('pages, and refuses places there are not', async () => {
  const first = await offerings({ MaxResults: 5 });
  const second = await offerings({ MaxResults: 5, NextToken: first.NextToken });
  expect(second.InstanceTypeOfferings![0]).not.toEqual(first.InstanceTypeOfferings![0]);
  const wrong = { LocationType: 'moon' };
  await refusal(region, describeInstanceTypeOfferings, wrong, { code: 'InvalidParameterValue' });
});
