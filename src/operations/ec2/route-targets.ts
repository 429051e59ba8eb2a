import type { RouteTable } from '../../domain/network.ts';
import { leadsToGateway, leadsToInterface, type RouteTargets } from '../../domain/routing.ts';
import type { RegionReader } from '../../stores/records/database.ts';

/** What the routes of these tables lead to, as far as it is still there. */
export async function routeTargets(
  records: Pick<RegionReader, 'internetGateways' | 'networkInterfaces' | 'instances'>,
  tables: readonly RouteTable[],
): Promise<RouteTargets> {
  const routes = tables.flatMap(table => table.routes);
  const internetGateways = await records.internetGateways.getMany(
    distinct(routes.filter(leadsToGateway).map(route => route.gatewayId)),
  );
  const networkInterfaces = await records.networkInterfaces.getMany(
    distinct(routes.filter(leadsToInterface).map(route => route.networkInterfaceId)),
  );
  const instances = await records.instances.getMany(
    distinct(networkInterfaces.flatMap(one => one.attachment?.instanceId ?? [])),
  );
  return { internetGateways, networkInterfaces, instances };
}

const distinct = (ids: readonly string[]) => [...new Set(ids)];
