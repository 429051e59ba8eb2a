/** Which routes a subnet has, and where they lead. */
import { cidrBlock, containsBlock } from './addresses.ts';
import type { Instance } from './instance.ts';
import { isPoweredOn } from './instance-state.ts';
import type {
  GatewayRoute,
  InterfaceRoute,
  InternetGateway,
  Route,
  RouteTable,
  RouteTableAssociation,
  Vpc,
} from './network.ts';
import type { NetworkInterface } from './network-interface.ts';

export const anywhere = '0.0.0.0/0';

/** What routes may lead to; what is not among these is gone. */
export interface RouteTargets {
  internetGateways: readonly InternetGateway[];
  networkInterfaces: readonly NetworkInterface[];
  /** Those the network interfaces are attached to. */
  instances: readonly Instance[];
}

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

export const leadsToInterface = (route: Route): route is InterfaceRoute => 'networkInterfaceId' in route;
export const leadsToGateway = (route: Route): route is GatewayRoute => 'gatewayId' in route;

/** The instance a network interface is attached to. */
export function routerOf(
  { networkInterfaceId }: InterfaceRoute,
  { networkInterfaces, instances }: RouteTargets,
): Instance | undefined {
  const target = networkInterfaces.find(one => one.networkInterfaceId === networkInterfaceId);
  return instances.find(instance => instance.instanceId === target?.attachment?.instanceId);
}

/**
 * Whether a route leads nowhere: to a gateway that is gone or attached elsewhere, to a network interface that is gone or
 * that no running instance has. Such a route stays in its table.
 */
export function isBlackhole(table: RouteTable, route: Route, targets: RouteTargets): boolean {
  if (leadsToGateway(route)) return !isAttachedTo(table, route, targets.internetGateways);
  const router = routerOf(route, targets);
  return !router || !isPoweredOn(router);
}

function isAttachedTo(
  { vpcId }: RouteTable,
  { gatewayId }: GatewayRoute,
  gateways: readonly InternetGateway[],
): boolean {
  return gateways.find(one => one.internetGatewayId === gatewayId)?.vpcId === vpcId;
}

export function isSameRoute(one: Route, other: Route): boolean {
  return (
    one.destinationCidrBlock === other.destinationCidrBlock &&
    (leadsToInterface(one)
      ? leadsToInterface(other) && one.networkInterfaceId === other.networkInterfaceId
      : leadsToGateway(other) && one.gatewayId === other.gatewayId)
  );
}

/** Whether what a subnet sends to the rest of the world gets there by a gateway, without a guest that routes. */
export function leadsOut(
  subnetId: string,
  tables: readonly RouteTable[],
  gateways: readonly InternetGateway[],
): boolean {
  const table = tableOf(subnetId, tables);
  if (!table) return true;
  return table.routes.some(
    route =>
      route.destinationCidrBlock === anywhere &&
      leadsToGateway(route) &&
      isAttachedTo(table, route, gateways),
  );
}

/** A subnet's routes to guests, black holes among them. */
export function interfaceRoutes(subnetId: string, tables: readonly RouteTable[]): InterfaceRoute[] {
  return tableOf(subnetId, tables)?.routes.filter(leadsToInterface) ?? [];
}

/** Whether a destination lies within the VPC, where the local route leads. */
export function isLocal(vpc: Vpc, destination: string): boolean {
  return containsBlock(cidrBlock(vpc.cidrBlock), cidrBlock(destination));
}

/** AWS keeps these addresses for services of its own. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html */
const reservedRange = cidrBlock('169.254.168.0/22');

export function isReservedDestination(destination: string): boolean {
  return containsBlock(reservedRange, cidrBlock(destination));
}
