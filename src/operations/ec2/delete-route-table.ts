import { inUse } from '../../domain/network-errors.ts';
import { forgetTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { ownRouteTable } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html */
export const deleteRouteTable = operation('DeleteRouteTable', (input, context) =>
  context.records.transaction(async records => {
    const { routeTableId, associations } = await ownRouteTable(
      records,
      context.caller.accountId,
      input.RouteTableId,
    );
    if (associations.length) throw inUse('routeTable', routeTableId);
    await records.routeTables.delete(routeTableId);
    await forgetTags(records, routeTableId);
    return {};
  }),
);
