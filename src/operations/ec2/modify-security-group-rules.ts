import type { SecurityGroupRuleRequest } from '@aws-sdk/client-ec2';
import {
  fail,
  invalidParameterCombination,
  missingParameter,
  unsupportedOperation,
} from '../../domain/errors.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../domain/network.ts';
import {
  duplicateRule,
  type RulePeer,
  type RuleSpec,
  ruleKey,
  settleCidr,
  settleCidrIpv6,
  settleRuleDescription,
  settleTraffic,
} from '../../domain/security-group-rules.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { operation } from './operation.ts';
import { idList, required } from './request.ts';
import { changeRules, rulesById } from './security-group-change.ts';
import { groupById } from './security-group-lookup.ts';
import { groupBeside } from './security-group-permissions.ts';

/** Each rule keeps its id, its tags and its direction. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html */
export const modifySecurityGroupRules = operation('ModifySecurityGroupRules', async (input, context) => {
  const groupId = required(input.GroupId, 'GroupId');
  const updates = required(input.SecurityGroupRules, 'SecurityGroupRules');
  if (!updates.length) throw missingParameter('SecurityGroupRules');
  const ids = idList(
    'sgr',
    updates.map(update => required(update.SecurityGroupRuleId, 'SecurityGroupRuleId')),
  );
  if (ids.length < updates.length)
    throw invalidParameterCombination('The same security group rule must not appear multiple times');
  await context.records.transaction(async records => {
    const group = await groupById(records, context.caller.accountId, groupId);
    const before = rulesById(group.rules, ids);
    const after = new Map<SecurityGroupRule, SecurityGroupRule>();
    for (const [i, rule] of before.entries()) {
      const { securityGroupRuleId, isEgress } = rule;
      const spec = await settleRule(records, group, updates[i]!.SecurityGroupRule);
      after.set(rule, { ...spec, securityGroupRuleId, isEgress });
    }
    const rules = group.rules.map(rule => after.get(rule) ?? rule);
    checkDistinct(rules);
    await changeRules(records, context, group, rules);
  });
  context.jobs.wake();
  return { Return: true };
});

async function settleRule(
  records: RegionReader,
  group: SecurityGroup,
  request: SecurityGroupRuleRequest = {},
): Promise<RuleSpec> {
  const traffic = settleTraffic(request.IpProtocol, request.FromPort, request.ToPort);
  const description = settleRuleDescription(request.Description);
  return { ...traffic, ...(await settlePeer(records, group, request)), description };
}

async function settlePeer(
  records: RegionReader,
  group: SecurityGroup,
  { CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId }: SecurityGroupRuleRequest,
): Promise<RulePeer> {
  if (PrefixListId)
    throw unsupportedOperation('The parameter PrefixListId is not supported. Name a CidrIpv4.');
  if ([CidrIpv4, CidrIpv6, ReferencedGroupId].filter(Boolean).length > 1)
    throw invalidParameterCombination(
      'Only one of CidrIpv4, CidrIpv6 and ReferencedGroupId can be specified for a rule.',
    );
  if (CidrIpv4) return { cidrIpv4: settleCidr(CidrIpv4) };
  if (CidrIpv6) return { cidrIpv6: settleCidrIpv6(CidrIpv6) };
  if (!ReferencedGroupId) throw missingParameter('CidrIpv4');
  return { referencedGroupId: (await groupBeside(records, group, ReferencedGroupId)).groupId };
}

function checkDistinct(rules: readonly SecurityGroupRule[]): void {
  const seen = new Set<string>();
  for (const rule of rules) {
    const key = `${rule.isEgress}|${ruleKey(rule)}`;
    if (seen.has(key)) fail(duplicateRule(rule));
    seen.add(key);
  }
}
