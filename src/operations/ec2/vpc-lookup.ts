/** The caller's networks by id. Another account's cannot be told from one that is not there. */
import { fail } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import type { InternetGateway, RouteTable, Subnet, Vpc } from '../../domain/network.ts';
import { subnetNotFound, vpcNotFound } from '../../domain/network-errors.ts';
import { gatewayNotFound, routeTableNotFound } from '../../domain/routing-errors.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { required } from './request.ts';

/** @throws MissingParameter, InvalidVpcID.Malformed, InvalidVpcID.NotFound */
export async function ownVpc(
  records: Pick<RegionReader, 'vpcs'>,
  accountId: string,
  id: string | undefined,
): Promise<Vpc> {
  const vpcId = checkId('vpc', required(id, 'VpcId'));
  const vpc = await records.vpcs.get(vpcId);
  return vpc?.ownerId === accountId ? vpc : fail(vpcNotFound(vpcId));
}

/** @throws MissingParameter, InvalidSubnetID.Malformed, InvalidSubnetID.NotFound */
export async function ownSubnet(
  records: Pick<RegionReader, 'subnets'>,
  accountId: string,
  id: string | undefined,
): Promise<Subnet> {
  const subnetId = checkId('subnet', required(id, 'SubnetId'));
  const subnet = await records.subnets.get(subnetId);
  return subnet?.ownerId === accountId ? subnet : fail(subnetNotFound(subnetId));
}

/** @throws MissingParameter, InvalidInternetGatewayId.Malformed, InvalidInternetGatewayID.NotFound */
export async function ownGateway(
  records: Pick<RegionReader, 'internetGateways'>,
  accountId: string,
  id: string | undefined,
): Promise<InternetGateway> {
  const gatewayId = checkId('igw', required(id, 'InternetGatewayId'));
  const gateway = await records.internetGateways.get(gatewayId);
  return gateway?.ownerId === accountId ? gateway : fail(gatewayNotFound(gatewayId));
}

/** @throws MissingParameter, InvalidRouteTableId.Malformed, InvalidRouteTableID.NotFound */
export async function ownRouteTable(
  records: Pick<RegionReader, 'routeTables'>,
  accountId: string,
  id: string | undefined,
): Promise<RouteTable> {
  const routeTableId = checkId('rtb', required(id, 'RouteTableId'));
  const table = await records.routeTables.get(routeTableId);
  return table?.ownerId === accountId ? table : fail(routeTableNotFound(routeTableId));
}
