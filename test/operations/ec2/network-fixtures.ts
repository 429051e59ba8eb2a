import type {
  CreateInternetGatewayResult,
  CreateRouteTableResult,
  CreateSubnetResult,
  CreateVpcResult,
  DescribeRouteTablesResult,
  DescribeVpcsResult,
  RouteTable,
} from '@aws-sdk/client-ec2';
import { attachInternetGateway } from '../../../src/operations/ec2/attach-internet-gateway.ts';
import { createInternetGateway } from '../../../src/operations/ec2/create-internet-gateway.ts';
import { createRouteTable } from '../../../src/operations/ec2/create-route-table.ts';
import { createSubnet } from '../../../src/operations/ec2/create-subnet.ts';
import { createVpc } from '../../../src/operations/ec2/create-vpc.ts';
import { describeRouteTables } from '../../../src/operations/ec2/describe-route-tables.ts';
import { describeVpcs } from '../../../src/operations/ec2/describe-vpcs.ts';
import type { TestRegion } from '../region.ts';

export const filter = (Name: string, ...Values: string[]) => ({ Filters: [{ Name, Values }] });

export async function newVpc(region: TestRegion, CidrBlock = '10.0.0.0/16'): Promise<string> {
  const { Vpc } = await region.call<CreateVpcResult>(createVpc, { CidrBlock });
  return Vpc!.VpcId!;
}

export async function newSubnet(
  region: TestRegion,
  VpcId: string,
  CidrBlock = '10.0.1.0/24',
): Promise<string> {
  const { Subnet } = await region.call<CreateSubnetResult>(createSubnet, { VpcId, CidrBlock });
  return Subnet!.SubnetId!;
}

/** An internet gateway, attached where a VPC is named. */
export async function newGateway(region: TestRegion, VpcId?: string): Promise<string> {
  const made = await region.call<CreateInternetGatewayResult>(createInternetGateway, {});
  const { InternetGatewayId } = made.InternetGateway!;
  if (VpcId) await region.call(attachInternetGateway, { VpcId, InternetGatewayId });
  return InternetGatewayId!;
}

export async function newRouteTable(region: TestRegion, VpcId: string): Promise<string> {
  const { RouteTable } = await region.call<CreateRouteTableResult>(createRouteTable, { VpcId });
  return RouteTable!.RouteTableId!;
}

export async function routeTables(region: TestRegion, input: object = {}): Promise<RouteTable[]> {
  return (await region.call<DescribeRouteTablesResult>(describeRouteTables, input)).RouteTables!;
}

export async function mainTable(region: TestRegion, vpcId: string): Promise<RouteTable> {
  const tables = await routeTables(region, {
    Filters: [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'association.main', Values: ['true'] },
    ],
  });
  return tables[0]!;
}

export async function defaultVpcId(region: TestRegion): Promise<string> {
  const { Vpcs } = await region.call<DescribeVpcsResult>(describeVpcs, filter('is-default', 'true'));
  return Vpcs![0]!.VpcId!;
}
