import { unsupportedOperation } from '../../domain/errors.ts';
import { noRouteToReplace } from '../../domain/routing-errors.ts';
import { operation } from './operation.ts';
import { requestedRoute, writeRoutes } from './route-request.ts';
import { ownRouteTable } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html */
export const replaceRoute = operation('ReplaceRoute', async (input, context) => {
  if (input.LocalTarget)
    throw unsupportedOperation('The parameter LocalTarget is not supported. The local route never changes.');
  await context.records.transaction(async records => {
    const table = await ownRouteTable(records, context.caller.accountId, input.RouteTableId);
    const route = await requestedRoute(records, context, table, input);
    const isReplaced = (one: typeof route) => one.destinationCidrBlock === route.destinationCidrBlock;
    if (!table.routes.some(isReplaced)) throw noRouteToReplace(route.destinationCidrBlock);
    const routes = table.routes.map(one => (isReplaced(one) ? route : one));
    await writeRoutes(records, context, table, routes);
  });
  context.jobs.wake();
  return {};
});
