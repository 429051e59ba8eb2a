import { groupNotFound } from '../../domain/network-errors.ts';
import { groupOfVpcFilters } from '../../domain/security-group-rule-filters.ts';
import { operation } from './operation.ts';
import { pageOfOwn } from './own-page.ts';
import { presentTags } from './present/tags.ts';
import { ownVpc } from './vpc-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSecurityGroupsForVpc.html */
export const getSecurityGroupsForVpc = operation('GetSecurityGroupsForVpc', async (input, context) => {
  const { read } = context.records;
  const { vpcId } = await ownVpc(read, context.caller.accountId, input.VpcId);
  const { items, NextToken } = await pageOfOwn(context, input, {
    action: 'GetSecurityGroupsForVpc',
    own: await read.securityGroups.list({ vpcId }),
    idOf: group => group.groupId,
    ids: [],
    parameter: 'GroupIds',
    notFound: groupNotFound,
    filters: groupOfVpcFilters,
  });
  const SecurityGroupForVpcs = items.map(({ item: group, tags }) => ({
    GroupId: group.groupId,
    GroupName: group.groupName,
    Description: group.description,
    OwnerId: group.ownerId,
    PrimaryVpcId: group.vpcId,
    Tags: presentTags(tags),
  }));
  return { SecurityGroupForVpcs, NextToken };
});
