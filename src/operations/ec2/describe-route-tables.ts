import { routeTableNotFound } from '../../domain/routing-errors.ts';
import { routeTableFilters } from '../../domain/routing-filters.ts';
import { ensureDefaultNetwork } from '../default-network.ts';
import { operation } from './operation.ts';
import { pageOfOwn } from './own-page.ts';
import { presentRouteTable } from './present/route-table.ts';
import { idList } from './request.ts';
import { routeTargets } from './route-targets.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
export const describeRouteTables = operation('DescribeRouteTables', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const { read } = context.records;
  const ids = idList('rtb', input.RouteTableIds);
  await ensureDefaultNetwork(context.records, ownerId, context.region.zones, context.newId);
  const [vpcs, tables] = await Promise.all([read.vpcs.list({ ownerId }), read.routeTables.list({ ownerId })]);
  const targets = await routeTargets(read, tables);
  const vpcOf = new Map(vpcs.map(vpc => [vpc.vpcId, vpc]));
  const { items, NextToken } = await pageOfOwn(context, input, {
    action: 'DescribeRouteTables',
    // A VPC that is deleted in between has taken its tables with it.
    own: tables.flatMap(table => {
      const vpc = vpcOf.get(table.vpcId);
      return vpc ? [{ table, vpc, targets }] : [];
    }),
    idOf: ({ table }) => table.routeTableId,
    ids,
    parameter: 'RouteTableIds',
    notFound: routeTableNotFound,
    filters: routeTableFilters,
    most: 100,
  });
  return { RouteTables: items.map(({ item, tags }) => presentRouteTable(item, tags)), NextToken };
});
