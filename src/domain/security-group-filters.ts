import type { FilterTable } from './filters.ts';
import type { SecurityGroup, SecurityGroupRule } from './network.ts';

/** A group, and the names of all groups it may refer to, by id. */
export interface SecurityGroupView {
  group: SecurityGroup;
  groupNames: ReadonlyMap<string, string>;
}

/** DescribeSecurityGroups' filters; `tag:<key>` and `tag-key` come with the tags. */
export const securityGroupFilters: FilterTable<SecurityGroupView> = {
  description: ({ group }) => group.description,
  'group-id': ({ group }) => group.groupId,
  'group-name': ({ group }) => group.groupName,
  'owner-id': ({ group }) => group.ownerId,
  'vpc-id': ({ group }) => group.vpcId,
  ...ruleFilters('ip-permission', false),
  ...ruleFilters('egress.ip-permission', true),
};

function ruleFilters(prefix: string, isEgress: boolean): FilterTable<SecurityGroupView> {
  const each =
    (read: (rule: SecurityGroupRule, view: SecurityGroupView) => string | number | undefined) =>
    (view: SecurityGroupView) =>
      view.group.rules.filter(rule => rule.isEgress === isEgress).map(rule => read(rule, view));
  return {
    [`${prefix}.cidr`]: each(rule => rule.cidrIpv4),
    [`${prefix}.ipv6-cidr`]: each(rule => rule.cidrIpv6),
    [`${prefix}.from-port`]: each(rule => rule.fromPort),
    [`${prefix}.to-port`]: each(rule => rule.toPort),
    [`${prefix}.protocol`]: each(rule => rule.ipProtocol),
    [`${prefix}.group-id`]: each(rule => rule.referencedGroupId),
    [`${prefix}.group-name`]: each((rule, view) => view.groupNames.get(rule.referencedGroupId ?? '')),
    [`${prefix}.user-id`]: each((rule, { group }) => (rule.referencedGroupId ? group.ownerId : undefined)),
    // There are no prefix lists.
    [`${prefix}.prefix-list-id`]: each(() => undefined),
  };
}
