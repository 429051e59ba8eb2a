import type {
  CreateDefaultVpcResult,
  CreateVpcResult,
  DescribeNetworkAclsResult,
  DescribeSecurityGroupsResult,
  DescribeSubnetsResult,
  DescribeTagsResult,
  DescribeVpcAttributeResult,
  DescribeVpcsResult,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { createDefaultVpc } from '../../../src/operations/ec2/create-default-vpc.ts';
import { createSecurityGroup } from '../../../src/operations/ec2/create-security-group.ts';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { createVpc } from '../../../src/operations/ec2/create-vpc.ts';
import { deleteInternetGateway } from '../../../src/operations/ec2/delete-internet-gateway.ts';
import { deleteRouteTable } from '../../../src/operations/ec2/delete-route-table.ts';
import { deleteSecurityGroup } from '../../../src/operations/ec2/delete-security-group.ts';
import { deleteSubnet } from '../../../src/operations/ec2/delete-subnet.ts';
import { deleteVpc } from '../../../src/operations/ec2/delete-vpc.ts';
import { describeInternetGateways } from '../../../src/operations/ec2/describe-internet-gateways.ts';
import { describeNetworkAcls } from '../../../src/operations/ec2/describe-network-acls.ts';
import { describeSecurityGroups } from '../../../src/operations/ec2/describe-security-groups.ts';
import { describeSubnets } from '../../../src/operations/ec2/describe-subnets.ts';
import { describeTags } from '../../../src/operations/ec2/describe-tags.ts';
import { describeVpcAttribute } from '../../../src/operations/ec2/describe-vpc-attribute.ts';
import { describeVpcs } from '../../../src/operations/ec2/describe-vpcs.ts';
import { detachInternetGateway } from '../../../src/operations/ec2/detach-internet-gateway.ts';
import { modifyVpcAttribute } from '../../../src/operations/ec2/modify-vpc-attribute.ts';
import { runInstances } from '../../../src/operations/ec2/run-instances.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';
import { imageId, instanceIn, putImage, refusal } from './launch-fixtures.ts';
import {
  defaultVpcId,
  filter,
  mainTable,
  newGateway,
  newRouteTable,
  newSubnet,
  newVpc,
} from './network-fixtures.ts';

let region: TestRegion;
beforeEach(() => {
  region = testRegion();
});

const vpcs = async (input: object = {}) => (await region.call<DescribeVpcsResult>(describeVpcs, input)).Vpcs!;
const acls = async (input: object = {}) =>
  (await region.call<DescribeNetworkAclsResult>(describeNetworkAcls, input)).NetworkAcls!;
const attribute = async (VpcId: string, Attribute: string) =>
  region.call<DescribeVpcAttributeResult>(describeVpcAttribute, { VpcId, Attribute });

describe('CreateVpc', () => {
  test('makes a VPC with a default group, a main route table and an ACL, as Terraform reads them back', async () => {
    const { Vpc } = await region.call<CreateVpcResult>(createVpc, {
      CidrBlock: '10.0.3.7/16',
      InstanceTenancy: 'default',
      AmazonProvidedIpv6CidrBlock: false,
      TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'one' }] }],
    });
    const VpcId = Vpc!.VpcId!;
    expect(Vpc).toMatchObject({
      CidrBlock: '10.0.0.0/16',
      OwnerId: owner,
      IsDefault: false,
      InstanceTenancy: 'default',
      DhcpOptionsId: 'default',
      Tags: [{ Key: 'Name', Value: 'one' }],
    });
    expect(await vpcs({ VpcIds: [VpcId] })).toEqual([Vpc]);
    const groups = await region.call<DescribeSecurityGroupsResult>(describeSecurityGroups, {
      Filters: [
        { Name: 'vpc-id', Values: [VpcId] },
        { Name: 'group-name', Values: ['default'] },
      ],
    });
    expect(groups.SecurityGroups).toHaveLength(1);
    expect(await mainTable(region, VpcId)).toMatchObject({
      Associations: [{ Main: true }],
      Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable' }],
    });
    const [acl] = await acls({
      Filters: [
        { Name: 'vpc-id', Values: [VpcId] },
        { Name: 'default', Values: ['true'] },
      ],
    });
    expect(acl).toMatchObject({ IsDefault: true, VpcId, Associations: [] });
    expect((await attribute(VpcId, 'enableDnsSupport')).EnableDnsSupport).toEqual({ Value: true });
    expect((await attribute(VpcId, 'enableDnsHostnames')).EnableDnsHostnames).toEqual({ Value: false });
    const metrics = await attribute(VpcId, 'enableNetworkAddressUsageMetrics');
    expect(metrics.EnableNetworkAddressUsageMetrics).toEqual({ Value: false });
  });

  test('gives two VPCs the same block, and a public one', async () => {
    for (const block of ['10.0.0.0/16', '10.0.0.0/16', '198.51.100.0/28']) await newVpc(region, block);
    expect(await vpcs(filter('cidr', '10.0.0.0/16'))).toHaveLength(2);
  });

  test.each([
    [{}, 'MissingParameter', 'The request must contain the parameter CidrBlock'],
    [{ CidrBlock: '10.0.0.0/15' }, 'InvalidVpc.Range', "The CIDR '10.0.0.0/15' is invalid."],
    [{ CidrBlock: '10.0.0.0/29' }, 'InvalidVpc.Range', "The CIDR '10.0.0.0/29' is invalid."],
    [{ CidrBlock: '169.254.0.0/16' }, 'InvalidVpc.Range', "The CIDR '169.254.0.0/16' is invalid."],
    [
      { CidrBlock: 'ten/8' },
      'InvalidParameterValue',
      'Value (ten/8) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
    ],
    [
      { CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true },
      'UnsupportedOperation',
      'The parameter AmazonProvidedIpv6CidrBlock is not supported. Networks here have IPv4 addresses only.',
    ],
    [
      { CidrBlock: '10.0.0.0/16', InstanceTenancy: 'dedicated' },
      'UnsupportedOperation',
      'The instance tenancy dedicated is not supported. Use default.',
    ],
    [
      { Ipv4IpamPoolId: 'ipam-pool-1', Ipv4NetmaskLength: 20 },
      'UnsupportedOperation',
      'The parameter Ipv4IpamPoolId is not supported. Name the CidrBlock.',
    ],
  ])('refuses %j', async (input, code, message) => {
    await refusal(region, createVpc, input, { code, message });
  });

  test('makes four VPCs beside the default one', async () => {
    for (let i = 0; i < 4; i++) await newVpc(region);
    await refusal(
      region,
      createVpc,
      { CidrBlock: '10.0.0.0/16' },
      { code: 'VpcLimitExceeded', message: 'The maximum number of VPCs has been reached.' },
    );
  });
});

describe('DeleteVpc', () => {
  test('takes along what the VPC was made with, and its tags', async () => {
    const VpcId = await newVpc(region);
    const { RouteTableId } = await mainTable(region, VpcId);
    const [acl] = await acls(filter('vpc-id', VpcId));
    const Resources = [VpcId, RouteTableId!, acl!.NetworkAclId!];
    await region.call(createTags, { Resources, Tags: [{ Key: 'a', Value: 'b' }] });
    const tags = () => region.call<DescribeTagsResult>(describeTags, filter('key', 'a'));
    expect((await tags()).Tags!.map(tag => tag.ResourceType).sort()).toEqual([
      'network-acl',
      'route-table',
      'vpc',
    ]);
    await region.call(deleteVpc, { VpcId });
    expect((await tags()).Tags).toEqual([]);
    expect(await region.records.read.securityGroups.list({ vpcId: VpcId })).toEqual([]);
    expect(await region.records.read.routeTables.list({ vpcId: VpcId })).toEqual([]);
    await refusal(
      region,
      deleteVpc,
      { VpcId },
      { code: 'InvalidVpcID.NotFound', message: `The vpc ID '${VpcId}' does not exist` },
    );
  });

  test('is refused while anything is in the VPC', async () => {
    const VpcId = await newVpc(region);
    const refused = () =>
      refusal(
        region,
        deleteVpc,
        { VpcId },
        {
          code: 'DependencyViolation',
          message: `The vpc '${VpcId}' has dependencies and cannot be deleted.`,
        },
      );
    const SubnetId = await newSubnet(region, VpcId);
    await refused();
    await region.call(deleteSubnet, { SubnetId });
    const RouteTableId = await newRouteTable(region, VpcId);
    await refused();
    await region.call(deleteRouteTable, { RouteTableId });
    const InternetGatewayId = await newGateway(region, VpcId);
    await refused();
    await region.call(detachInternetGateway, { VpcId, InternetGatewayId });
    const { GroupId } = await region.call<{ GroupId: string }>(createSecurityGroup, {
      GroupName: 'web',
      Description: 'x',
      VpcId,
    });
    await refused();
    await region.call(deleteSecurityGroup, { GroupId });
    await region.call(deleteVpc, { VpcId });
  });

  test('does not show the VPC of another account', async () => {
    const VpcId = await newVpc(region);
    for (const operation of [deleteVpc, modifyVpcAttribute, describeVpcAttribute])
      await refusal(
        region,
        operation,
        { VpcId, Attribute: 'enableDnsSupport', EnableDnsSupport: { Value: false } },
        { code: 'InvalidVpcID.NotFound' },
        stranger,
      );
  });
});

describe('ModifyVpcAttribute', () => {
  test('changes one attribute, and brings running guests up to date', async () => {
    await putImage(region);
    const VpcId = await newVpc(region);
    await instanceIn(region, 'running', { SubnetId: await newSubnet(region, VpcId) });
    await region.call(modifyVpcAttribute, { VpcId, EnableDnsHostnames: { Value: true } });
    expect(region.jobs.at(-1)).toMatchObject({ kind: 'apply-vpc', input: { vpcId: VpcId } });
    expect((await attribute(VpcId, 'enableDnsHostnames')).EnableDnsHostnames).toEqual({ Value: true });
  });

  test.each([
    [{}, 'MissingParameter', 'The request must contain the parameter Attribute'],
    [
      { EnableDnsHostnames: { Value: true }, EnableDnsSupport: { Value: true } },
      'InvalidParameterCombination',
      'Fields for multiple attribute types specified: enableDnsSupport, enableDnsHostnames',
    ],
  ])('refuses %j', async (input, code, message) => {
    const VpcId = await newVpc(region);
    await refusal(region, modifyVpcAttribute, { VpcId, ...input }, { code, message });
  });

  test('gives no host names where there is no resolver', async () => {
    const VpcId = await newVpc(region);
    await region.call(modifyVpcAttribute, { VpcId, EnableDnsSupport: { Value: false } });
    await refusal(
      region,
      modifyVpcAttribute,
      { VpcId, EnableDnsHostnames: { Value: true } },
      { code: 'InvalidParameterCombination' },
    );
    await refusal(
      region,
      describeVpcAttribute,
      { VpcId, Attribute: 'colour' },
      {
        code: 'InvalidParameterValue',
        message: 'Value (colour) for parameter attribute is invalid. Unknown attribute.',
      },
    );
  });
});

describe('the default VPC', () => {
  const emptied = async () => {
    const VpcId = await defaultVpcId(region);
    const { Subnets } = await region.call<DescribeSubnetsResult>(describeSubnets, filter('vpc-id', VpcId));
    for (const { SubnetId } of Subnets!) await region.call(deleteSubnet, { SubnetId });
    const [gateway] = await region.records.read.internetGateways.list({ vpcId: VpcId });
    const InternetGatewayId = gateway!.internetGatewayId;
    await region.call(detachInternetGateway, { VpcId, InternetGatewayId });
    await region.call(deleteInternetGateway, { InternetGatewayId });
    return VpcId;
  };

  test('has a gateway to the internet and the route to it', async () => {
    const table = await mainTable(region, await defaultVpcId(region));
    const { InternetGateways } = await region.call<{ InternetGateways: { InternetGatewayId: string }[] }>(
      describeInternetGateways,
      filter('attachment.vpc-id', table.VpcId!),
    );
    expect(table.Routes).toMatchObject([
      { DestinationCidrBlock: '172.31.0.0/16', GatewayId: 'local', State: 'active' },
      {
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: InternetGateways[0]!.InternetGatewayId,
        Origin: 'CreateRoute',
        State: 'active',
      },
    ]);
    await refusal(
      region,
      createDefaultVpc,
      {},
      {
        code: 'DefaultVpcAlreadyExists',
        message: 'A Default VPC already exists for this account in this region.',
      },
    );
  });

  test('stays deleted until it is asked for again', async () => {
    await putImage(region);
    await region.call(deleteVpc, { VpcId: await emptied() });
    expect(await vpcs()).toEqual([]);
    for (const [operation, input] of [
      [runInstances, { ImageId: imageId, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' }],
      [createSecurityGroup, { GroupName: 'web', Description: 'x' }],
    ] as const)
      await refusal(region, operation, input, {
        code: 'VPCIdNotSpecified',
        message: 'No default VPC for this user',
      });
    const { Vpc } = await region.call<CreateDefaultVpcResult>(createDefaultVpc, {});
    expect(Vpc).toMatchObject({ IsDefault: true, CidrBlock: '172.31.0.0/16' });
    const [instance] = await region
      .call<{ Instances: object[] }>(runInstances, {
        ImageId: imageId,
        MinCount: 1,
        MaxCount: 1,
        InstanceType: 't3.micro',
      })
      .then(answer => answer.Instances);
    expect(instance).toMatchObject({ VpcId: Vpc!.VpcId });
  });

  test('is not made anew by a dry run that would delete it', async () => {
    const VpcId = await emptied();
    await expect(region.call(deleteVpc, { VpcId, DryRun: true })).rejects.toMatchObject({
      code: 'DryRunOperation',
    });
    expect(await vpcs()).toHaveLength(1);
  });
});

describe('DescribeNetworkAcls', () => {
  test('shows that everything is let through, of every subnet', async () => {
    const VpcId = await newVpc(region);
    const SubnetId = await newSubnet(region, VpcId);
    const [acl] = await acls(filter('association.subnet-id', SubnetId));
    expect(acl!.Associations).toMatchObject([{ NetworkAclId: acl!.NetworkAclId, SubnetId }]);
    expect(acl!.Entries).toEqual(
      [true, false].flatMap(Egress => [
        { RuleNumber: 100, Egress, RuleAction: 'allow', CidrBlock: '0.0.0.0/0', Protocol: '-1' },
        { RuleNumber: 32767, Egress, RuleAction: 'deny', CidrBlock: '0.0.0.0/0', Protocol: '-1' },
      ]),
    );
    expect(await acls({ NetworkAclIds: [acl!.NetworkAclId] })).toHaveLength(1);
    await refusal(
      region,
      describeNetworkAcls,
      { NetworkAclIds: ['acl-0000000000000dead'] },
      {
        code: 'InvalidNetworkAclID.NotFound',
        message: "The networkAcl ID 'acl-0000000000000dead' does not exist",
      },
    );
  });
});
