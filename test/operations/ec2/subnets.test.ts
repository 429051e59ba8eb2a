import type {
  CreateSubnetResult,
  DescribeSubnetsResult,
  DescribeVpcsResult,
  Instance,
  Subnet,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { associateRouteTable } from '../../../src/operations/ec2/associate-route-table.ts';
import { createDefaultSubnet } from '../../../src/operations/ec2/create-default-subnet.ts';
import { createSubnet } from '../../../src/operations/ec2/create-subnet.ts';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { deleteSubnet } from '../../../src/operations/ec2/delete-subnet.ts';
import { describeSubnets } from '../../../src/operations/ec2/describe-subnets.ts';
import { describeVpcs } from '../../../src/operations/ec2/describe-vpcs.ts';
import { modifySubnetAttribute } from '../../../src/operations/ec2/modify-subnet-attribute.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';
import { change, imageId, launch, putImage, refusal } from './launch-fixtures.ts';
import { defaultVpcId, filter, newRouteTable, newSubnet, newVpc, routeTables } from './network-fixtures.ts';

let region: TestRegion;
let VpcId: string;
beforeEach(async () => {
  region = testRegion();
  VpcId = await newVpc(region);
});

const subnets = async (input: object = {}) =>
  (await region.call<DescribeSubnetsResult>(describeSubnets, input)).Subnets!;
const inZone = async (zone: string) =>
  (await subnets(filter('vpc-id', await defaultVpcId(region)))).find(
    subnet => subnet.AvailabilityZone === zone,
  )!;

describe('CreateSubnet', () => {
  test('makes a subnet of the VPC in the zone that is asked for', async () => {
    const { Subnet } = await region.call<CreateSubnetResult>(createSubnet, {
      VpcId,
      CidrBlock: '10.0.1.5/24',
      AvailabilityZone: 'us-east-1b',
      TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'Name', Value: 'one' }] }],
    });
    expect(Subnet).toMatchObject({
      VpcId,
      OwnerId: owner,
      CidrBlock: '10.0.1.0/24',
      AvailabilityZoneId: 'use1-az2',
      AvailableIpAddressCount: 251,
      MapPublicIpOnLaunch: false,
      DefaultForAz: false,
      SubnetArn: `arn:aws:ec2:us-east-1:${owner}:subnet/${Subnet!.SubnetId}`,
      Tags: [{ Key: 'Name', Value: 'one' }],
    });
    expect(await subnets({ SubnetIds: [Subnet!.SubnetId] })).toEqual([Subnet]);
    const other = { VpcId, CidrBlock: '10.0.2.0/24', AvailabilityZoneId: 'use1-az2' };
    const beside = await region.call<CreateSubnetResult>(createSubnet, other);
    expect(beside.Subnet).toMatchObject({ AvailabilityZone: 'us-east-1b' });
  });

  test.each([
    ['10.1.0.0/24', 'InvalidSubnet.Range', "The CIDR '10.1.0.0/24' is invalid."],
    ['10.0.0.0/15', 'InvalidSubnet.Range', "The CIDR '10.0.0.0/15' is invalid."],
    ['10.0.1.0/29', 'InvalidSubnet.Range', "The CIDR '10.0.1.0/29' is invalid."],
    ['10.0.1.128/25', 'InvalidSubnet.Conflict', "The CIDR '10.0.1.128/25' conflicts with another subnet"],
    ['10.0.0.0/16', 'InvalidSubnet.Conflict', "The CIDR '10.0.0.0/16' conflicts with another subnet"],
    [
      'x',
      'InvalidParameterValue',
      'Value (x) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
    ],
  ])('refuses the block %s', async (CidrBlock, code, message) => {
    await newSubnet(region, VpcId, '10.0.1.0/24');
    await refusal(region, createSubnet, { VpcId, CidrBlock }, { code, message });
  });

  test.each([
    [{ VpcId: undefined }, 'MissingParameter', 'The request must contain the parameter VpcId'],
    [{ CidrBlock: '' }, 'MissingParameter', 'The request must contain the parameter CidrBlock'],
    [
      { VpcId: 'vpc-0000000000000dead' },
      'InvalidVpcID.NotFound',
      "The vpc ID 'vpc-0000000000000dead' does not exist",
    ],
    [
      { AvailabilityZone: 'us-east-1z' },
      'InvalidParameterValue',
      'Value (us-east-1z) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: us-east-1a, us-east-1b.',
    ],
    [
      { Ipv6Native: true },
      'UnsupportedOperation',
      'The parameter Ipv6Native is not supported. Networks here have IPv4 addresses only.',
    ],
    [
      { OutpostArn: 'arn:aws:outposts:us-east-1:1:outpost/op-1' },
      'UnsupportedOperation',
      'The parameter OutpostArn is not supported. There are no Outposts here.',
    ],
  ])('refuses %j', async (input, code, message) => {
    await refusal(region, createSubnet, { VpcId, CidrBlock: '10.0.1.0/24', ...input }, { code, message });
  });

  test('makes no more than 200 subnets in a VPC', async () => {
    for (let i = 0; i < 200; i++) await newSubnet(region, VpcId, `10.0.${i}.0/24`);
    await refusal(
      region,
      createSubnet,
      { VpcId, CidrBlock: '10.0.200.0/24' },
      { code: 'SubnetLimitExceeded', message: 'The maximum number of subnets has been reached.' },
    );
  });
});

describe('launches', () => {
  beforeEach(() => putImage(region));

  test('take addresses of the subnet, and a public one only where it maps them or they ask for one', async () => {
    const SubnetId = await newSubnet(region, VpcId);
    const nic = { DeviceIndex: 0, SubnetId, AssociatePublicIpAddress: true };
    const [first] = await launch(region, { SubnetId });
    expect(first).toMatchObject({ VpcId, PrivateIpAddress: '10.0.1.4' });
    expect(first!.PublicIpAddress).toBeUndefined();
    const [asking] = await launch(region, { NetworkInterfaces: [nic] });
    expect(asking!.PublicIpAddress).toMatch(/^127\.77\./);
    await region.call(modifySubnetAttribute, { SubnetId, MapPublicIpOnLaunch: { Value: true } });
    const [mapped] = await launch(region, { SubnetId });
    expect(mapped!.PublicIpAddress).toMatch(/^127\.77\./);
    expect(await subnets(filter('map-public-ip-on-launch', 'true'))).toContainEqual(
      expect.objectContaining({ SubnetId, AvailableIpAddressCount: 248 }),
    );
  });

  test('in two VPCs of the same block have the same private and different public addresses', async () => {
    const nic = (SubnetId: string) => ({ DeviceIndex: 0, SubnetId, AssociatePublicIpAddress: true });
    const guests: Instance[] = [];
    for (const vpc of [VpcId, await newVpc(region)])
      guests.push(...(await launch(region, { NetworkInterfaces: [nic(await newSubnet(region, vpc))] })));
    expect(guests.map(guest => guest.PrivateIpAddress)).toEqual(['10.0.1.4', '10.0.1.4']);
    expect(new Set(guests.map(guest => guest.PublicIpAddress)).size).toBe(2);
  });

  test('need a default subnet where none is named', async () => {
    const { SubnetId } = await inZone('us-east-1a');
    await region.call(deleteSubnet, { SubnetId });
    const [elsewhere] = await launch(region);
    expect(elsewhere!.Placement!.AvailabilityZone).toBe('us-east-1b');
    const request = { ImageId: imageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' };
    await refusal(
      region,
      runInstances,
      { ...request, Placement: { AvailabilityZone: 'us-east-1a' } },
      { code: 'InvalidInput', message: "No default subnet for availability zone: 'us-east-1a'." },
    );
    await change(region, elsewhere!.InstanceId!, { state: 'terminated' });
    await region.call(deleteSubnet, { SubnetId: (await inZone('us-east-1b')).SubnetId });
    await refusal(region, runInstances, request, {
      code: 'MissingInput',
      message: `No subnets found for the default VPC '${await defaultVpcId(region)}'. Please specify a subnet.`,
    });
  });
});

describe('DeleteSubnet', () => {
  test('ends its association with a route table', async () => {
    const SubnetId = await newSubnet(region, VpcId);
    const RouteTableId = await newRouteTable(region, VpcId);
    await region.call(associateRouteTable, { SubnetId, RouteTableId });
    await region.call(deleteSubnet, { SubnetId });
    expect(await subnets({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] })).toEqual([]);
    const [table] = await routeTables(region, { RouteTableIds: [RouteTableId] });
    expect(table!.Associations).toEqual([]);
  });

  test('is refused while an instance is in it that is not terminated', async () => {
    await putImage(region);
    const SubnetId = await newSubnet(region, VpcId);
    const [instance] = await launch(region, { SubnetId });
    await change(region, instance!.InstanceId!, { state: 'stopped' });
    await refusal(
      region,
      deleteSubnet,
      { SubnetId },
      {
        code: 'DependencyViolation',
        message: `The subnet '${SubnetId}' has dependencies and cannot be deleted.`,
      },
    );
    await change(region, instance!.InstanceId!, { state: 'terminated' });
    await region.call(deleteSubnet, { SubnetId });
  });

  test('does not show the subnet of another account', async () => {
    const SubnetId = await newSubnet(region, VpcId);
    const message = `The subnet ID '${SubnetId}' does not exist`;
    for (const operation of [deleteSubnet, modifySubnetAttribute])
      await refusal(
        region,
        operation,
        { SubnetId, MapPublicIpOnLaunch: { Value: true } },
        { code: 'InvalidSubnetID.NotFound', message },
        stranger,
      );
  });
});

describe('CreateDefaultSubnet', () => {
  test('gives a zone its default subnet again, where there is room for it', async () => {
    const { SubnetId, CidrBlock } = await inZone('us-east-1a');
    await refusal(
      region,
      createDefaultSubnet,
      { AvailabilityZone: 'us-east-1a' },
      {
        code: 'DefaultSubnetAlreadyExistsInAvailabilityZone',
        message: `'${SubnetId}' is already the default subnet in us-east-1a.`,
      },
    );
    await region.call(deleteSubnet, { SubnetId });
    expect(await inZone('us-east-1a')).toBeUndefined();
    await newSubnet(region, await defaultVpcId(region), CidrBlock);
    const { Subnet } = await region.call<{ Subnet: Subnet }>(createDefaultSubnet, {
      AvailabilityZone: 'us-east-1a',
    });
    expect(Subnet).toMatchObject({
      CidrBlock: '172.31.32.0/20',
      DefaultForAz: true,
      MapPublicIpOnLaunch: true,
    });
  });
});

describe('ModifySubnetAttribute', () => {
  test.each([
    [{}, 'MissingParameter'],
    [{ AssignIpv6AddressOnCreation: { Value: true } }, 'UnsupportedOperation'],
    [{ PrivateDnsHostnameTypeOnLaunch: 'resource-name' }, 'UnsupportedOperation'],
    [{ EnableResourceNameDnsARecordOnLaunch: { Value: true } }, 'UnsupportedOperation'],
    [{ MapPublicIpOnLaunch: { Value: true }, EnableDns64: { Value: false } }, 'InvalidParameterCombination'],
  ])('refuses %j', async (input, code) => {
    const SubnetId = await newSubnet(region, VpcId);
    await refusal(region, modifySubnetAttribute, { SubnetId, ...input }, { code });
  });

  test('takes what is off anyway to be turned off', async () => {
    const SubnetId = await newSubnet(region, VpcId);
    for (const input of [
      { AssignIpv6AddressOnCreation: { Value: false } },
      { EnableResourceNameDnsAAAARecordOnLaunch: { Value: false } },
      { PrivateDnsHostnameTypeOnLaunch: 'ip-name' },
    ])
      await region.call(modifySubnetAttribute, { SubnetId, ...input });
  });
});

test('listings of networks show tags and filter by every documented name', async () => {
  const SubnetId = await newSubnet(region, VpcId);
  await region.call(createTags, { Resources: [SubnetId, VpcId], Tags: [{ Key: 'team', Value: 'a' }] });
  for (const one of [
    filter('tag:team', 'a'),
    filter('cidr-block', '10.0.1.0/24'),
    filter('subnet-arn', `*${SubnetId}`),
    filter('available-ip-address-count', '251'),
  ])
    expect((await subnets(one)).map(subnet => subnet.SubnetId)).toEqual([SubnetId]);
  for (const one of [
    filter('tag-key', 'team'),
    filter('cidr-block-association.cidr-block', '10.0.0.0/16'),
    filter('is-default', 'false'),
  ]) {
    const { Vpcs } = await region.call<DescribeVpcsResult>(describeVpcs, one);
    expect(Vpcs!.map(vpc => vpc.VpcId)).toEqual([VpcId]);
  }
});
