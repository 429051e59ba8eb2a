import type { FilterTable } from './filters.ts';
import type { InternetGateway, RouteTable, Vpc } from './network.ts';
import { isBlackhole, leadsToInterface, type RouteTargets, routerOf } from './routing.ts';

/** DescribeInternetGateways' filters. */
export const internetGatewayFilters: FilterTable<InternetGateway> = {
  'attachment.state': gateway => (gateway.vpcId === undefined ? undefined : 'available'),
  'attachment.vpc-id': gateway => gateway.vpcId,
  'internet-gateway-id': gateway => gateway.internetGatewayId,
  'owner-id': gateway => gateway.ownerId,
};

export interface RouteTableView {
  table: RouteTable;
  vpc: Vpc;
  targets: RouteTargets;
}

/** A route as it is shown: the local one too, and whether it leads anywhere. */
export interface ShownRoute {
  destinationCidrBlock: string;
  gatewayId?: string;
  networkInterfaceId?: string;
  /** Of a route to a network interface: the instance it is attached to now. */
  instanceId?: string;
  instanceOwnerId?: string;
  origin: 'CreateRouteTable' | 'CreateRoute';
  state: 'active' | 'blackhole';
}

export function shownRoutes({ table, vpc, targets }: RouteTableView): ShownRoute[] {
  return [
    {
      destinationCidrBlock: vpc.cidrBlock,
      gatewayId: 'local',
      origin: 'CreateRouteTable',
      state: 'active',
    },
    ...table.routes.map(route => {
      const router = leadsToInterface(route) ? routerOf(route, targets) : undefined;
      return {
        ...route,
        ...(router && { instanceId: router.instanceId, instanceOwnerId: router.ownerId }),
        origin: 'CreateRoute' as const,
        state: isBlackhole(table, route, targets) ? ('blackhole' as const) : ('active' as const),
      };
    }),
  ];
}

/** Filters about targets that no route here has match nothing. */
const otherTargets = [
  'association.gateway-id',
  'route.carrier-gateway-id',
  'route.core-network-arn',
  'route.destination-ipv6-cidr-block',
  'route.destination-prefix-list-id',
  'route.egress-only-internet-gateway-id',
  'route.local-gateway-id',
  'route.nat-gateway-id',
  'route.transit-gateway-id',
  'route.vpc-peering-connection-id',
];

/** DescribeRouteTables' filters. */
export const routeTableFilters: FilterTable<RouteTableView> = {
  'association.main': ({ table }) => table.associations.map(one => one.subnetId === undefined),
  'association.route-table-association-id': ({ table }) => table.associations.map(one => one.associationId),
  'association.route-table-id': ({ table }) => table.associations.map(() => table.routeTableId),
  'association.subnet-id': ({ table }) => table.associations.map(one => one.subnetId),
  'owner-id': ({ table }) => table.ownerId,
  'route-table-id': ({ table }) => table.routeTableId,
  'route.destination-cidr-block': view => shownRoutes(view).map(route => route.destinationCidrBlock),
  'route.gateway-id': view => shownRoutes(view).map(route => route.gatewayId),
  'route.instance-id': view => shownRoutes(view).map(route => route.instanceId),
  'route.origin': view => shownRoutes(view).map(route => route.origin),
  'route.state': view => shownRoutes(view).map(route => route.state),
  'vpc-id': ({ table }) => table.vpcId,
  ...Object.fromEntries(otherTargets.map(name => [name, () => undefined])),
};
