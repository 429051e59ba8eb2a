import { securityGroupRuleFilters } from '../../domain/security-group-rule-filters.ts';
import { ruleIdNotFound } from '../../domain/security-group-rules.ts';
import { ensureDefaultNetwork } from '../default-network.ts';
import { operation } from './operation.ts';
import { pageOfOwn } from './own-page.ts';
import { presentRule } from './present/security-group.ts';
import { idList } from './request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html */
export const describeSecurityGroupRules = operation('DescribeSecurityGroupRules', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const { name: region, zones } = context.region;
  const ids = idList('sgr', input.SecurityGroupRuleIds);
  await ensureDefaultNetwork(context.records, ownerId, zones, context.newId);
  const groups = await context.records.read.securityGroups.list({ ownerId });
  const { items, NextToken } = await pageOfOwn(context, input, {
    action: 'DescribeSecurityGroupRules',
    own: groups
      .flatMap(group => group.rules.map(rule => ({ group, rule })))
      .sort((a, b) => (a.rule.securityGroupRuleId < b.rule.securityGroupRuleId ? -1 : 1)),
    idOf: ({ rule }) => rule.securityGroupRuleId,
    ids,
    parameter: 'SecurityGroupRuleIds',
    notFound: ruleIdNotFound,
    filters: securityGroupRuleFilters,
  });
  const SecurityGroupRules = items.map(({ item: { group, rule }, tags }) =>
    presentRule(group, rule, tags, region),
  );
  return { SecurityGroupRules, NextToken };
});
