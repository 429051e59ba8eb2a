import { gatewayNotFound } from '../../domain/routing-errors.ts';
import { internetGatewayFilters } from '../../domain/routing-filters.ts';
import { ensureDefaultNetwork } from '../default-network.ts';
import { operation } from './operation.ts';
import { pageOfOwn } from './own-page.ts';
import { presentInternetGateway } from './present/internet-gateway.ts';
import { idList } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html */
export const describeInternetGateways = operation('DescribeInternetGateways', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const ids = idList('igw', input.InternetGatewayIds);
  await ensureDefaultNetwork(context.records, ownerId, context.region.zones, context.newId);
  const { items, NextToken } = await pageOfOwn(context, input, {
    action: 'DescribeInternetGateways',
    own: await context.records.read.internetGateways.list({ ownerId }),
    idOf: gateway => gateway.internetGatewayId,
    ids,
    parameter: 'InternetGatewayIds',
    notFound: gatewayNotFound,
    filters: internetGatewayFilters,
  });
  return { InternetGateways: items.map(({ item, tags }) => presentInternetGateway(item, tags)), NextToken };
});
