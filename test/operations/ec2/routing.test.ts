import type { RouteTable } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from 'vitest';
import { associateRouteTable } from '../../../src/operations/ec2/associate-route-table.ts';
import { attachInternetGateway } from '../../../src/operations/ec2/attach-internet-gateway.ts';
import { createRoute } from '../../../src/operations/ec2/create-route.ts';
import { createRouteTable } from '../../../src/operations/ec2/create-route-table.ts';
import { createTags } from '../../../src/operations/ec2/create-tags.ts';
import { deleteRoute } from '../../../src/operations/ec2/delete-route.ts';
import { deleteRouteTable } from '../../../src/operations/ec2/delete-route-table.ts';
import { describeRouteTables } from '../../../src/operations/ec2/describe-route-tables.ts';
import { detachInternetGateway } from '../../../src/operations/ec2/detach-internet-gateway.ts';
import { disassociateRouteTable } from '../../../src/operations/ec2/disassociate-route-table.ts';
import { replaceRoute } from '../../../src/operations/ec2/replace-route.ts';
import { replaceRouteTableAssociation } from '../../../src/operations/ec2/replace-route-table-association.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';
import { instanceIn, putImage, refusal } from './launch-fixtures.ts';
import {
  filter,
  mainTable,
  newGateway,
  newRouteTable,
  newSubnet,
  newVpc,
  routeTables,
} from './network-fixtures.ts';

const anywhere = '0.0.0.0/0';
let region: TestRegion;
let VpcId: string;
beforeEach(async () => {
  region = testRegion();
  VpcId = await newVpc(region);
});

const table = async (RouteTableId: string) =>
  (await routeTables(region, { RouteTableIds: [RouteTableId] }))[0]!;
const associate = async (RouteTableId: string, SubnetId: string) =>
  (await region.call<{ AssociationId: string }>(associateRouteTable, { RouteTableId, SubnetId }))
    .AssociationId;
/** How often the networks of running guests were told to follow. */
const refreshes = () => region.jobs.filter(job => job.kind === 'apply-vpc' && job.subject === VpcId).length;

describe('routes', () => {
  let RouteTableId: string;
  let GatewayId: string;
  beforeEach(async () => {
    RouteTableId = await newRouteTable(region, VpcId);
    GatewayId = await newGateway(region, VpcId);
  });

  test('come and go, and lead nowhere once their gateway is detached', async () => {
    const route = { RouteTableId, DestinationCidrBlock: anywhere, GatewayId };
    await region.call(createRoute, route);
    // Once more is no error, as on AWS.
    await region.call(createRoute, route);
    const shown = { DestinationCidrBlock: anywhere, GatewayId, Origin: 'CreateRoute' };
    expect((await table(RouteTableId)).Routes![1]).toEqual({ ...shown, State: 'active' });
    expect(await routeTables(region, filter('route.gateway-id', GatewayId))).toHaveLength(1);
    await region.call(detachInternetGateway, { InternetGatewayId: GatewayId, VpcId });
    expect((await table(RouteTableId)).Routes![1]).toEqual({ ...shown, State: 'blackhole' });
    expect(await routeTables(region, filter('route.state', 'blackhole'))).toHaveLength(1);
    const next = await newGateway(region, VpcId);
    await refusal(
      region,
      createRoute,
      { ...route, GatewayId: next },
      { code: 'RouteAlreadyExists', message: 'The route identified by 0.0.0.0/0 already exists.' },
    );
    await region.call(replaceRoute, { ...route, GatewayId: next });
    expect((await table(RouteTableId)).Routes![1]).toMatchObject({ GatewayId: next, State: 'active' });
    await region.call(deleteRoute, { RouteTableId, DestinationCidrBlock: anywhere });
    expect((await table(RouteTableId)).Routes).toHaveLength(1);
  });

  test('of running guests are brought to them', async () => {
    await putImage(region);
    const SubnetId = await newSubnet(region, VpcId);
    await instanceIn(region, 'running', { SubnetId });
    const followed = async (call: Promise<unknown>) => {
      const before = refreshes();
      await call;
      return refreshes() - before;
    };
    const route = { RouteTableId, DestinationCidrBlock: anywhere, GatewayId };
    expect(await followed(region.call(createRoute, route))).toBe(1);
    expect(await followed(region.call(replaceRoute, route))).toBe(1);
    const association = associate(RouteTableId, SubnetId);
    expect(await followed(association)).toBe(1);
    const AssociationId = await association;
    expect(await followed(region.call(disassociateRouteTable, { AssociationId }))).toBe(1);
    expect(await followed(region.call(deleteRoute, route))).toBe(1);
    const gateway = { InternetGatewayId: GatewayId, VpcId };
    expect(await followed(region.call(detachInternetGateway, gateway))).toBe(1);
    expect(await followed(region.call(attachInternetGateway, gateway))).toBe(1);
  });

  test('are refused where they could lead nowhere', async () => {
    const elsewhere = await newGateway(region, await newVpc(region));
    const detached = await newGateway(region);
    const local =
      "is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.";
    const instead =
      'Routes lead to an internet gateway, a network interface or an instance: name one in GatewayId, NetworkInterfaceId or InstanceId.';
    for (const [input, code, message] of [
      [
        { GatewayId: '' },
        'MissingParameter',
        'The request must contain exactly one of gatewayId, networkInterfaceId or instanceId',
      ],
      [
        { GatewayId: elsewhere },
        'InvalidParameterValue',
        `route table ${RouteTableId} and network gateway ${elsewhere} belong to different networks`,
      ],
      [
        { GatewayId: detached },
        'InvalidParameterValue',
        `route table ${RouteTableId} and network gateway ${detached} belong to different networks`,
      ],
      [
        { GatewayId: 'igw-0000000000000dead' },
        'InvalidInternetGatewayID.NotFound',
        "The internetGateway ID 'igw-0000000000000dead' does not exist",
      ],
      [
        { GatewayId: 'vgw-0000000000000dead' },
        'UnsupportedOperation',
        `The parameter GatewayId vgw-0000000000000dead is not supported. ${instead}`,
      ],
      [
        { GatewayId: undefined, NatGatewayId: 'nat-1' },
        'UnsupportedOperation',
        `The parameter NatGatewayId is not supported. ${instead}`,
      ],
      [
        { DestinationCidrBlock: '10.0.0.0/16' },
        'InvalidParameterValue',
        `The destination CIDR block 10.0.0.0/16 ${local}`,
      ],
      [
        { DestinationCidrBlock: '8.8.8.0/24' },
        'UnsupportedOperation',
        'The destination 8.8.8.0/24 is not supported. Routes to an internet gateway are of 0.0.0.0/0.',
      ],
      [
        { DestinationCidrBlock: 'x' },
        'InvalidParameterValue',
        'Value (x) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.',
      ],
      [
        { DestinationCidrBlock: undefined, DestinationIpv6CidrBlock: '::/0' },
        'UnsupportedOperation',
        'The parameter DestinationIpv6CidrBlock is not supported. Networks here have IPv4 addresses only.',
      ],
      [
        { RouteTableId: 'rtb-0000000000000dead' },
        'InvalidRouteTableID.NotFound',
        "The routeTable ID 'rtb-0000000000000dead' does not exist",
      ],
      [{ RouteTableId: 'rtb-x' }, 'InvalidRouteTableId.Malformed', 'Invalid id: "rtb-x"'],
    ] as const)
      await refusal(
        region,
        createRoute,
        { RouteTableId, DestinationCidrBlock: anywhere, GatewayId, ...input },
        { code, message },
      );
  });

  test('that are not there can be neither replaced nor deleted, and the local one never', async () => {
    await refusal(
      region,
      replaceRoute,
      { RouteTableId, DestinationCidrBlock: anywhere, GatewayId },
      {
        code: 'InvalidParameterValue',
        message: "There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead.",
      },
    );
    await refusal(
      region,
      deleteRoute,
      { RouteTableId, DestinationCidrBlock: anywhere },
      {
        code: 'InvalidRoute.NotFound',
        message: `no route with destination-cidr-block 0.0.0.0/0 in route table ${RouteTableId}`,
      },
    );
    await refusal(
      region,
      deleteRoute,
      { RouteTableId, DestinationCidrBlock: '10.0.0.0/16' },
      {
        code: 'InvalidParameterValue',
        message: `cannot remove local route 10.0.0.0/16 in route table ${RouteTableId}`,
      },
    );
  });
});

describe('route tables', () => {
  test('are made once for one client token, and are not those of another account', async () => {
    const call = () =>
      region.call<{ RouteTable: RouteTable }>(createRouteTable, {
        VpcId,
        ClientToken: 'once',
        TagSpecifications: [{ ResourceType: 'route-table', Tags: [{ Key: 'a', Value: 'b' }] }],
      });
    const { RouteTable } = await call();
    expect(RouteTable).toMatchObject({
      VpcId,
      OwnerId: owner,
      Associations: [],
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect((await call()).RouteTable).toEqual(RouteTable);
    await refusal(
      region,
      describeRouteTables,
      { RouteTableIds: [RouteTable.RouteTableId] },
      {
        code: 'InvalidRouteTableID.NotFound',
        message: `The routeTable ID '${RouteTable.RouteTableId}' does not exist`,
      },
      stranger,
    );
    await refusal(
      region,
      createTags,
      { Resources: [RouteTable.RouteTableId], Tags: [{ Key: 'a', Value: 'b' }] },
      { code: 'InvalidRouteTableID.NotFound' },
      stranger,
    );
  });

  test('are associated with subnets of their VPC, one with each', async () => {
    const SubnetId = await newSubnet(region, VpcId);
    const RouteTableId = await newRouteTable(region, VpcId);
    const other = await newRouteTable(region, VpcId);
    const AssociationId = await associate(RouteTableId, SubnetId);
    expect(await associate(RouteTableId, SubnetId)).toBe(AssociationId);
    expect((await table(RouteTableId)).Associations).toEqual([
      {
        RouteTableAssociationId: AssociationId,
        RouteTableId,
        SubnetId,
        Main: false,
        AssociationState: { State: 'associated' },
      },
    ]);
    expect(await routeTables(region, filter('association.subnet-id', SubnetId))).toHaveLength(1);
    await refusal(
      region,
      associateRouteTable,
      { RouteTableId: other, SubnetId },
      {
        code: 'Resource.AlreadyAssociated',
        message: `the specified association for route table ${other} conflicts with an existing association`,
      },
    );
    await refusal(
      region,
      deleteRouteTable,
      { RouteTableId },
      {
        code: 'DependencyViolation',
        message: `The routeTable '${RouteTableId}' has dependencies and cannot be deleted.`,
      },
    );
    const answer = await region.call<{ NewAssociationId: string }>(replaceRouteTableAssociation, {
      AssociationId,
      RouteTableId: other,
    });
    expect((await table(RouteTableId)).Associations).toEqual([]);
    expect((await table(other)).Associations).toMatchObject([
      { RouteTableAssociationId: answer.NewAssociationId, SubnetId },
    ]);
    await region.call(deleteRouteTable, { RouteTableId });
    await region.call(disassociateRouteTable, { AssociationId: answer.NewAssociationId });
    await refusal(
      region,
      disassociateRouteTable,
      { AssociationId },
      {
        code: 'InvalidAssociationID.NotFound',
        message: `The association ID '${AssociationId}' does not exist`,
      },
    );
  });

  test('become the main one by its association, which cannot be ended', async () => {
    const before = await mainTable(region, VpcId);
    const AssociationId = before.Associations![0]!.RouteTableAssociationId!;
    const RouteTableId = await newRouteTable(region, VpcId);
    await refusal(
      region,
      disassociateRouteTable,
      { AssociationId },
      {
        code: 'InvalidParameterValue',
        message: `cannot disassociate the main route table association ${AssociationId}`,
      },
    );
    await region.call(replaceRouteTableAssociation, { AssociationId, RouteTableId });
    const after = await mainTable(region, VpcId);
    expect(after.RouteTableId).toBe(RouteTableId);
    const same = after.Associations![0]!.RouteTableAssociationId;
    await region.call(replaceRouteTableAssociation, { AssociationId: same, RouteTableId });
    expect((await mainTable(region, VpcId)).Associations).toHaveLength(1);
    await region.call(deleteRouteTable, { RouteTableId: before.RouteTableId });
    expect(await routeTables(region, filter('vpc-id', VpcId))).toHaveLength(1);
  });

  test('are not associated with subnets of other VPCs, nor with gateways', async () => {
    const SubnetId = await newSubnet(region, await newVpc(region));
    const RouteTableId = await newRouteTable(region, VpcId);
    await refusal(
      region,
      associateRouteTable,
      { RouteTableId, SubnetId },
      {
        code: 'InvalidParameterValue',
        message: `route table ${RouteTableId} and subnet ${SubnetId} belong to different networks`,
      },
    );
    await refusal(
      region,
      associateRouteTable,
      { RouteTableId, GatewayId: 'igw-0000000000000dead' },
      { code: 'UnsupportedOperation' },
    );
  });
});
