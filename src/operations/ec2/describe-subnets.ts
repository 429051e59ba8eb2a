import { matcher } from '../../domain/filters.ts';
import { subnetNotFound } from '../../domain/network-errors.ts';
import { availableAddresses, subnetFilters } from '../../domain/network-filters.ts';
import { page } from '../../domain/pages.ts';
import { ensureDefaultNetwork } from '../default-network.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentSubnet } from './present/subnet.ts';
import { idList, idsOrPages } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export const describeSubnets = operation('DescribeSubnets', async (input, context) => {
  const { accountId } = context.caller;
  const { name: region, zones } = context.region;
  const records = context.records.read;
  const ids = idList('subnet', input.SubnetIds);
  idsOrPages('SubnetIds', ids, input.MaxResults);
  await ensureDefaultNetwork(context.records, accountId, zones, context.newId);
  const own = await records.subnets.list({ ownerId: accountId });
  const missing = ids.find(id => !own.some(subnet => subnet.subnetId === id));
  if (missing !== undefined) throw subnetNotFound(missing);
  const interfaces = await records.networkInterfaces.list({ ownerId: accountId });
  const tags = await loadTags(
    records,
    accountId,
    own.map(subnet => subnet.subnetId),
  );
  const views = own
    .filter(subnet => !ids.length || ids.includes(subnet.subnetId))
    .map(subnet => ({ subnet, region, availableAddresses: availableAddresses(subnet, interfaces) }));
  const { items, NextToken } = page(
    views.filter(matcher(input.Filters, subnetFilters, ({ subnet }) => tags(subnet.subnetId))),
    ({ subnet }) => subnet.subnetId,
    { ...input, action: 'DescribeSubnets', least: 5, most: 1000 },
  );
  return {
    Subnets: items.map(view => presentSubnet(view, tags(view.subnet.subnetId))),
    NextToken,
  };
});
