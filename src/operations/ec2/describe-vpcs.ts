import { matcher } from '../../domain/filters.ts';
import { vpcNotFound } from '../../domain/network-errors.ts';
import { vpcFilters } from '../../domain/network-filters.ts';
import { page } from '../../domain/pages.ts';
import { ensureDefaultNetwork } from '../default-network.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentVpc } from './present/vpc.ts';
import { idList, idsOrPages } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export const describeVpcs = operation('DescribeVpcs', async (input, context) => {
  const { accountId } = context.caller;
  const ids = idList('vpc', input.VpcIds);
  idsOrPages('VpcIds', ids, input.MaxResults);
  await ensureDefaultNetwork(context.records, accountId, context.region.zones, context.newId);
  const own = await context.records.read.vpcs.list({ ownerId: accountId });
  const missing = ids.find(id => !own.some(vpc => vpc.vpcId === id));
  if (missing !== undefined) throw vpcNotFound(missing);
  const tags = await loadTags(
    context.records.read,
    accountId,
    own.map(vpc => vpc.vpcId),
  );
  const asked = own.filter(vpc => !ids.length || ids.includes(vpc.vpcId));
  const { items, NextToken } = page(
    asked.filter(matcher(input.Filters, vpcFilters, vpc => tags(vpc.vpcId))),
    vpc => vpc.vpcId,
    { ...input, action: 'DescribeVpcs', least: 5, most: 1000 },
  );
  return {
    Vpcs: items.map(vpc => presentVpc(vpc, tags(vpc.vpcId))),
    NextToken,
  };
});
