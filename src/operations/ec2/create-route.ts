import { mostRoutes } from '../../domain/network-limits.ts';
import { isSameRoute } from '../../domain/routing.ts';
import { routeExists, tooManyRoutes } from '../../domain/routing-errors.ts';
import { operation } from './operation.ts';
import { requestedRoute, writeRoutes } from './route-request.ts';
import { ownRouteTable } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
export const createRoute = operation('CreateRoute', async (input, context) => {
  await context.records.transaction(async records => {
    const table = await ownRouteTable(records, context.caller.accountId, input.RouteTableId);
    const route = await requestedRoute(records, context, table, input);
    const same = table.routes.find(one => one.destinationCidrBlock === route.destinationCidrBlock);
    // As on AWS, the same route once more is no error.
    if (same && isSameRoute(same, route)) return;
    if (same) throw routeExists(route.destinationCidrBlock);
    if (table.routes.length >= mostRoutes) throw tooManyRoutes();
    await writeRoutes(records, context, table, [...table.routes, route]);
  });
  context.jobs.wake();
  return { Return: true };
});
