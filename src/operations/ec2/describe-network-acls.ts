import { networkAclFilters, networkAclId } from '../../domain/network-acl.ts';
import { networkAclNotFound } from '../../domain/network-errors.ts';
import { ensureDefaultNetwork } from '../default-network.ts';
import { operation } from './operation.ts';
import { pageOfOwn } from './own-page.ts';
import { presentNetworkAcl } from './present/network-acl.ts';
import { idList } from './request.ts';

/** The one ACL of each VPC, which lets everything through. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html */
export const describeNetworkAcls = operation('DescribeNetworkAcls', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const { read } = context.records;
  const ids = idList('acl', input.NetworkAclIds);
  await ensureDefaultNetwork(context.records, ownerId, context.region.zones, context.newId);
  const [vpcs, subnets] = await Promise.all([read.vpcs.list({ ownerId }), read.subnets.list({ ownerId })]);
  const { items, NextToken } = await pageOfOwn(context, input, {
    action: 'DescribeNetworkAcls',
    own: vpcs.map(vpc => ({ vpc, subnets: subnets.filter(subnet => subnet.vpcId === vpc.vpcId) })),
    idOf: ({ vpc }) => networkAclId(vpc.vpcId),
    ids,
    parameter: 'NetworkAclIds',
    notFound: networkAclNotFound,
    filters: networkAclFilters,
  });
  return { NetworkAcls: items.map(({ item, tags }) => presentNetworkAcl(item, tags)), NextToken };
});
