/** UpdateSecurityGroupRuleDescriptions is the same for ingress and egress. What guests may send does not change. */
import type { SecurityGroupRuleDescription } from '@aws-sdk/client-ec2';
import { invalidParameterCombination } from '../../domain/errors.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../domain/network.ts';
import { ruleKey, settleRuleDescription } from '../../domain/security-group-rules.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { idList, required } from './request.ts';
import { type GroupRequest, rulesById, rulesLike } from './security-group-change.ts';
import { findGroup } from './security-group-lookup.ts';
import { requestedRules } from './security-group-permissions.ts';

type Request = GroupRequest & { SecurityGroupRuleDescriptions?: SecurityGroupRuleDescription[] };

export async function updateDescriptions(
  isEgress: boolean,
  input: Request,
  context: Context,
): Promise<{ Return: boolean }> {
  if (input.IpPermissions?.length && input.SecurityGroupRuleDescriptions?.length)
    throw invalidParameterCombination(
      'The parameter ipPermissions cannot be used with the parameter securityGroupRuleDescriptions',
    );
  await context.records.transaction(async records => {
    const group = await findGroup(records, context, input);
    const present = group.rules.filter(rule => rule.isEgress === isEgress);
    const changed = await described(records, group, present, input);
    const rules = group.rules.map(rule =>
      changed.has(rule) ? { ...rule, description: changed.get(rule) } : rule,
    );
    await records.securityGroups.put({ ...group, rules });
  });
  return { Return: true };
}

/** The rules that are named, with their new descriptions: undefined takes one away. */
async function described(
  records: RegionReader,
  group: SecurityGroup,
  present: readonly SecurityGroupRule[],
  input: Request,
): Promise<Map<SecurityGroupRule, string | undefined>> {
  const byId = input.SecurityGroupRuleDescriptions ?? [];
  if (byId.length) {
    const ids = idList(
      'sgr',
      byId.map(one => required(one.SecurityGroupRuleId, 'SecurityGroupRuleId')),
    );
    const texts = new Map(byId.map(one => [one.SecurityGroupRuleId, settleRuleDescription(one.Description)]));
    return new Map(rulesById(present, ids).map(rule => [rule, texts.get(rule.securityGroupRuleId)]));
  }
  const specs = await requestedRules(records, group, input);
  const rules = rulesLike(present, specs.map(ruleKey));
  return new Map(rules.map((rule, i) => [rule, specs[i]!.description]));
}
