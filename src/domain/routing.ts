/** Which routes a subnet has, and where they lead. */
import { cidrBlock, containsBlock } from './addresses.ts';
import type { InternetGateway, Route, RouteTable, RouteTableAssociation, Vpc } from './network.ts';

export const anywhere = '0.0.0.0/0';

export const mainAssociation = (table: RouteTable): RouteTableAssociation | undefined =>
  table.associations.find(association => association.subnetId === undefined);

export const isMain = (table: RouteTable): boolean => mainAssociation(table) !== undefined;

/** The table a subnet has by itself, else the main one of its VPC. Undefined in VPCs from before there were route tables. */
export function tableOf(subnetId: string, tables: readonly RouteTable[]): RouteTable | undefined {
  return (
    tables.find(table => table.associations.some(association => association.subnetId === subnetId)) ??
    tables.find(isMain)
  );
}

/** A route to a gateway that is gone or attached elsewhere stays in the table and leads nowhere. */
export function isBlackhole(table: RouteTable, route: Route, gateways: readonly InternetGateway[]): boolean {
  const gateway = gateways.find(one => one.internetGatewayId === route.gatewayId);
  return gateway?.vpcId !== table.vpcId;
}

/** Whether what a subnet sends to the rest of the world gets there. */
export function leadsOut(
  subnetId: string,
  tables: readonly RouteTable[],
  gateways: readonly InternetGateway[],
): boolean {
  const table = tableOf(subnetId, tables);
  if (!table) return true;
  return table.routes.some(
    route => route.destinationCidrBlock === anywhere && !isBlackhole(table, route, gateways),
  );
}

/** Whether a destination lies within the VPC, where the local route leads. */
export function isLocal(vpc: Vpc, destination: string): boolean {
  return containsBlock(cidrBlock(vpc.cidrBlock), cidrBlock(destination));
}
