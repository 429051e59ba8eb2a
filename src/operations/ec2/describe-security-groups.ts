import { matcher } from '../../domain/filters.ts';
import type { SecurityGroup } from '../../domain/network.ts';
import { groupNotFound } from '../../domain/network-errors.ts';
import { page } from '../../domain/pages.ts';
import { securityGroupFilters } from '../../domain/security-group-filters.ts';
import { defaultVpcOf, ensureDefaultNetwork } from '../default-network.ts';
import { loadTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentSecurityGroup } from './present/security-group.ts';
import { idList, idsOrPages } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export const describeSecurityGroups = operation('DescribeSecurityGroups', async (input, context) => {
  const { accountId } = context.caller;
  const { zones, name: region } = context.region;
  const ids = idList('sg', input.GroupIds);
  idsOrPages('GroupIds', ids, input.MaxResults);
  const names = [...new Set(input.GroupNames ?? [])];
  await ensureDefaultNetwork(context.records, accountId, zones, context.newId);
  const own = await context.records.read.securityGroups.list({ ownerId: accountId });
  // Names are of groups of the default VPC; a filter finds those of others.
  const defaultVpc = names.length ? await defaultVpcOf(context.records.read, accountId) : undefined;
  const isNamed = (group: SecurityGroup, name: string) =>
    group.groupName === name && group.vpcId === defaultVpc?.vpcId;
  const missing =
    ids.find(id => !own.some(group => group.groupId === id)) ??
    names.find(name => !own.some(group => isNamed(group, name)));
  if (missing !== undefined) throw groupNotFound(missing);
  const asked = own.filter(
    group =>
      (!ids.length || ids.includes(group.groupId)) &&
      (!names.length || names.some(name => isNamed(group, name))),
  );
  const tags = await loadTags(
    context.records.read,
    accountId,
    own.map(group => group.groupId),
  );
  const groupNames = new Map(own.map(group => [group.groupId, group.groupName]));
  const matches = matcher(input.Filters, securityGroupFilters, ({ group }) => tags(group.groupId));
  const { items, NextToken } = page(
    asked.filter(group => matches({ group, groupNames })),
    group => group.groupId,
    { ...input, action: 'DescribeSecurityGroups', least: 5, most: 1000 },
  );
  return {
    SecurityGroups: items.map(group => presentSecurityGroup(group, tags(group.groupId), region)),
    NextToken,
  };
});
