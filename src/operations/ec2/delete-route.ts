import { localRouteStays, routeNotFound } from '../../domain/routing-errors.ts';
import { operation } from './operation.ts';
import { destinationOf, writeRoutes } from './route-request.ts';
import { ownRouteTable, ownVpc } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html */
export const deleteRoute = operation('DeleteRoute', async (input, context) => {
  const { accountId } = context.caller;
  const destination = destinationOf(input);
  await context.records.transaction(async records => {
    const table = await ownRouteTable(records, accountId, input.RouteTableId);
    const { cidrBlock } = await ownVpc(records, accountId, table.vpcId);
    if (destination === cidrBlock) throw localRouteStays(destination, table.routeTableId);
    const routes = table.routes.filter(route => route.destinationCidrBlock !== destination);
    if (routes.length === table.routes.length) throw routeNotFound(destination, table.routeTableId);
    await writeRoutes(records, context, table, routes);
  });
  context.jobs.wake();
  return {};
});
