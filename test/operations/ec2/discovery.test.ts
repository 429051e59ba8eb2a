import type {
  DescribeAccountAttributesResult,
  DescribeAvailabilityZonesResult,
  DescribeInstanceTypesResult,
  DescribeRegionsResult,
  DescribeSubnetsResult,
  DescribeVpcsResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from 'vitest';
import { describeAccountAttributes } from '../../../src/operations/ec2/describe-account-attributes.ts';
import { describeAvailabilityZones } from '../../../src/operations/ec2/describe-availability-zones.ts';
import { describeInstanceTypes } from '../../../src/operations/ec2/describe-instance-types.ts';
import { describeRegions } from '../../../src/operations/ec2/describe-regions.ts';
import { describeSubnets } from '../../../src/operations/ec2/describe-subnets.ts';
import { describeVpcs } from '../../../src/operations/ec2/describe-vpcs.ts';
import { operations } from '../../../src/operations/ec2/index.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';
import { launch, putImage, refusal } from './launch-fixtures.ts';

let region: TestRegion;
beforeEach(() => {
  region = testRegion();
});
const filter = (Name: string, ...Values: string[]) => ({ Filters: [{ Name, Values }] });

test('every served action is listed once', () => {
  const names = operations.map(operation => operation.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('RunInstances');
});

test('DescribeRegions names every region at the one endpoint', async () => {
  const all = await region.call<DescribeRegionsResult>(describeRegions, {});
  expect(all.Regions).toEqual([
    { RegionName: 'us-east-1', Endpoint: '127.0.0.1:8773', OptInStatus: 'opt-in-not-required' },
    { RegionName: 'eu-west-1', Endpoint: '127.0.0.1:8773', OptInStatus: 'opt-in-not-required' },
  ]);
  const some = await region.call<DescribeRegionsResult>(describeRegions, filter('region-name', 'eu-*'));
  expect(some.Regions).toHaveLength(1);
  await refusal(
    region,
    describeRegions,
    { RegionNames: ['mars-1'] },
    { code: 'InvalidParameterValue', message: 'Invalid region provided: mars-1' },
  );
});

test('DescribeAvailabilityZones names the zones of this region', async () => {
  const all = await region.call<DescribeAvailabilityZonesResult>(describeAvailabilityZones, {});
  expect(all.AvailabilityZones).toMatchObject([
    { ZoneName: 'us-east-1a', ZoneId: 'use1-az1', State: 'available', ZoneType: 'availability-zone' },
    { ZoneName: 'us-east-1b', ZoneId: 'use1-az2', RegionName: 'us-east-1' },
  ]);
  const one = await region.call<DescribeAvailabilityZonesResult>(describeAvailabilityZones, {
    ZoneIds: ['use1-az2'],
  });
  expect(one.AvailabilityZones).toHaveLength(1);
  await refusal(
    region,
    describeAvailabilityZones,
    { ZoneNames: ['eu-west-1a'] },
    { code: 'InvalidParameterValue', message: 'Invalid availability zone: [eu-west-1a]' },
  );
});

test('DescribeInstanceTypes says what clients derive architecture and boot mode from', async () => {
  const answer = await region.call<DescribeInstanceTypesResult>(describeInstanceTypes, {
    InstanceTypes: ['t3.micro', 't4g.small'],
  });
  expect(answer.InstanceTypes).toMatchObject([
    {
      InstanceType: 't3.micro',
      ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
      VCpuInfo: { DefaultVCpus: 2, DefaultCores: 1, DefaultThreadsPerCore: 2 },
      MemoryInfo: { SizeInMiB: 1024 },
      SupportedRootDeviceTypes: ['ebs'],
      SupportedVirtualizationTypes: ['hvm'],
      SupportedBootModes: ['legacy-bios', 'uefi'],
      NetworkInfo: { EnaSupport: 'required' },
    },
    {
      InstanceType: 't4g.small',
      ProcessorInfo: { SupportedArchitectures: ['arm64'] },
      MemoryInfo: { SizeInMiB: 2048 },
      SupportedBootModes: ['uefi'],
    },
  ]);
});

test('DescribeInstanceTypes filters, pages and refuses types that are none', async () => {
  const i386 = await region.call<DescribeInstanceTypesResult>(
    describeInstanceTypes,
    filter('processor-info.supported-architecture', 'i386'),
  );
  expect(i386.InstanceTypes!.map(type => type.InstanceType)).toContain('t2.micro');
  const first = await region.call<DescribeInstanceTypesResult>(describeInstanceTypes, { MaxResults: 5 });
  expect(first.InstanceTypes).toHaveLength(5);
  expect(first.NextToken).toBeTruthy();
  await refusal(
    region,
    describeInstanceTypes,
    { InstanceTypes: ['foo', 't3.micro'] },
    {
      code: 'InvalidInstanceType',
      message: 'The following supplied instance types do not exist: [foo]',
    },
  );
});

test('every account has a default VPC with a subnet in each zone', async () => {
  const { Vpcs } = await region.call<DescribeVpcsResult>(describeVpcs, filter('is-default', 'true'));
  expect(Vpcs).toMatchObject([
    { CidrBlock: '172.31.0.0/16', IsDefault: true, State: 'available', OwnerId: owner },
  ]);
  const subnets = await region.call<DescribeSubnetsResult>(
    describeSubnets,
    filter('vpc-id', Vpcs![0]!.VpcId!),
  );
  const sorted = subnets.Subnets!.sort((a, b) => (a.CidrBlock! < b.CidrBlock! ? -1 : 1));
  expect(sorted).toMatchObject([
    { CidrBlock: '172.31.0.0/20', AvailabilityZone: 'us-east-1a', AvailableIpAddressCount: 4091 },
    { CidrBlock: '172.31.16.0/20', AvailabilityZone: 'us-east-1b', MapPublicIpOnLaunch: true },
  ]);
  const theirs = await region.call<DescribeVpcsResult>(describeVpcs, {}, stranger);
  expect(theirs.Vpcs![0]!.VpcId).not.toBe(Vpcs![0]!.VpcId);
  await refusal(
    region,
    describeVpcs,
    { VpcIds: [Vpcs![0]!.VpcId] },
    { code: 'InvalidVpcID.NotFound', message: `The vpc ID '${Vpcs![0]!.VpcId}' does not exist` },
    stranger,
  );
  await refusal(
    region,
    describeVpcs,
    { VpcIds: [Vpcs![0]!.VpcId], MaxResults: 5 },
    {
      code: 'InvalidParameterCombination',
      message: 'The parameter VpcIds cannot be used with the parameter MaxResults',
    },
  );
});

test('a subnet counts the addresses it has left', async () => {
  await putImage(region);
  const [instance] = await launch(region);
  const { Subnets } = await region.call<DescribeSubnetsResult>(describeSubnets, {
    SubnetIds: [instance!.SubnetId],
  });
  expect(Subnets![0]!.AvailableIpAddressCount).toBe(4090);
});

test('DescribeAccountAttributes tells the default VPC and the limit of instances', async () => {
  const answer = await region.call<DescribeAccountAttributesResult>(describeAccountAttributes, {
    AttributeNames: ['default-vpc', 'max-instances', 'supported-platforms'],
  });
  const [vpc] = await region.records.read.vpcs.list({ ownerId: owner });
  expect(answer.AccountAttributes!.map(one => one.AttributeValues![0]!.AttributeValue)).toEqual([
    vpc!.vpcId,
    '256',
    'VPC',
  ]);
  await refusal(
    region,
    describeAccountAttributes,
    { AttributeNames: ['x'] },
    { code: 'InvalidParameterValue' },
  );
});
