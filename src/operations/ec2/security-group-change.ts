/** Authorize and Revoke are the same for ingress and egress. */
import type {
  AuthorizeSecurityGroupIngressResult,
  RevokeSecurityGroupIngressResult,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import type { SecurityGroup, SecurityGroupRule } from '../../domain/network.ts';
import {
  duplicateRule,
  mostRules,
  ruleIdNotFound,
  ruleKey,
  ruleNotFound,
  tooManyRules,
} from '../../domain/security-group-rules.ts';
import { settleTags } from '../../domain/tags.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { writeTags } from '../tagging.ts';
import { refreshGuests } from './guest-refresh.ts';
import { presentRevokedRule, presentRule } from './present/security-group.ts';
import { idList } from './request.ts';
import { findGroup } from './security-group-lookup.ts';
import { type RuleRequest, requestedRules } from './security-group-permissions.ts';

export interface GroupRequest extends RuleRequest {
  GroupId?: string;
  GroupName?: string;
}

export async function authorizeRules(
  isEgress: boolean,
  input: GroupRequest & { TagSpecifications?: TagSpecification[] },
  context: Context,
): Promise<AuthorizeSecurityGroupIngressResult> {
  const tags = settleTags(input.TagSpecifications, ['security-group-rule'])['security-group-rule'];
  const rules = await context.records.transaction(async records => {
    const group = await findGroup(records, context, input);
    const specs = await requestedRules(records, group, input);
    const present = group.rules.filter(rule => rule.isEgress === isEgress);
    const keys = new Set(present.map(ruleKey));
    const twice = specs.find(spec => keys.has(ruleKey(spec)));
    if (twice) throw duplicateRule(twice);
    if (present.length + specs.length > mostRules) throw tooManyRules();
    const added = specs.map(spec => ({ ...spec, securityGroupRuleId: context.newId('sgr'), isEgress }));
    await changeRules(records, context, group, [...group.rules, ...added]);
    for (const rule of added)
      await writeTags(
        records,
        context.caller.accountId,
        { id: rule.securityGroupRuleId, type: 'security-group-rule' },
        tags,
      );
    return added.map(rule => presentRule(group, rule, tags ?? {}, context.region.name));
  });
  context.jobs.wake();
  return { Return: true, SecurityGroupRules: rules };
}

export async function revokeRules(
  isEgress: boolean,
  input: GroupRequest & { SecurityGroupRuleIds?: string[] },
  context: Context,
): Promise<RevokeSecurityGroupIngressResult> {
  const ids = idList('sgr', input.SecurityGroupRuleIds);
  const revoked = await context.records.transaction(async records => {
    const group = await findGroup(records, context, input);
    const present = group.rules.filter(rule => rule.isEgress === isEgress);
    const gone = ids.length
      ? rulesById(present, ids)
      : rulesLike(present, (await requestedRules(records, group, input)).map(ruleKey));
    await changeRules(
      records,
      context,
      group,
      group.rules.filter(rule => !gone.includes(rule)),
    );
    return gone.map(rule => presentRevokedRule(group, rule));
  });
  context.jobs.wake();
  return { Return: true, RevokedSecurityGroupRules: revoked, UnknownIpPermissions: [] };
}

export function rulesById(rules: readonly SecurityGroupRule[], ids: readonly string[]): SecurityGroupRule[] {
  return ids.map(id => {
    const rule = rules.find(one => one.securityGroupRuleId === id);
    if (!rule) throw ruleIdNotFound(id);
    return rule;
  });
}

export function rulesLike(rules: readonly SecurityGroupRule[], keys: readonly string[]): SecurityGroupRule[] {
  return keys.map(key => {
    const rule = rules.find(one => ruleKey(one) === key);
    if (!rule) throw ruleNotFound();
    return rule;
  });
}

export async function changeRules(
  records: RegionWriter,
  context: Context,
  group: SecurityGroup,
  rules: SecurityGroupRule[],
): Promise<void> {
  await records.securityGroups.put({ ...group, rules });
  await refreshGuests(records, context, group);
}
