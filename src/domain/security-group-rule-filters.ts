import type { FilterTable } from './filters.ts';
import type { SecurityGroup, SecurityGroupRule } from './network.ts';

/** A rule and the group it is of. */
export interface SecurityGroupRuleView {
  group: SecurityGroup;
  rule: SecurityGroupRule;
}

/** DescribeSecurityGroupRules' filters. */
export const securityGroupRuleFilters: FilterTable<SecurityGroupRuleView> = {
  'group-id': ({ group }) => group.groupId,
  'security-group-rule-id': ({ rule }) => rule.securityGroupRuleId,
};

/** GetSecurityGroupsForVpc's filters. */
export const groupOfVpcFilters: FilterTable<SecurityGroup> = {
  description: group => group.description,
  'group-id': group => group.groupId,
  'group-name': group => group.groupName,
  'owner-id': group => group.ownerId,
  'primary-vpc-id': group => group.vpcId,
};
