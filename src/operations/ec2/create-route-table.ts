import type { RouteTable } from '../../domain/network.ts';
import { mostRouteTables } from '../../domain/network-limits.ts';
import { tooManyRouteTables } from '../../domain/routing-errors.ts';
import { settleTags } from '../../domain/tags.ts';
import { remember, replayed } from '../idempotency.ts';
import { loadTags, writeTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentRouteTable } from './present/route-table.ts';
import { routeTargets } from './route-targets.ts';
import { ownRouteTable, ownVpc } from './vpc-lookup.ts';

const action = 'CreateRouteTable';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html */
export const createRouteTable = operation('CreateRouteTable', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const tags = settleTags(input.TagSpecifications, ['route-table'])['route-table'];
  return context.records.transaction(async records => {
    const { vpcId, ...vpc } = await ownVpc(records, ownerId, input.VpcId);
    const shown = async (table: RouteTable) => {
      const { routeTableId } = table;
      const targets = await routeTargets(records, [table]);
      const tagsOf = await loadTags(records, ownerId, [routeTableId]);
      return {
        RouteTable: presentRouteTable({ table, vpc: { vpcId, ...vpc }, targets }, tagsOf(routeTableId)),
        ClientToken: input.ClientToken,
      };
    };
    const before = await replayed(records, context, action, input);
    if (before !== undefined) return shown(await ownRouteTable(records, ownerId, before));
    if ((await records.routeTables.list({ vpcId })).length >= mostRouteTables) throw tooManyRouteTables();
    const routeTableId = context.newId('rtb');
    const table: RouteTable = { routeTableId, ownerId, vpcId, associations: [], routes: [] };
    await records.routeTables.put(table);
    await writeTags(records, ownerId, { id: routeTableId, type: 'route-table' }, tags);
    await remember(records, context, action, input, routeTableId);
    return shown(table);
  });
});
