import { partitionOf } from '../../domain/partition.ts';
import {
  isRegionLevel,
  type ResourceTag,
  type RetentionRule,
  ruleLockState,
} from '../../domain/retention-rule.ts';
import type { Tags } from '../../domain/tags.ts';
import type { Context } from '../context.ts';
import type { RuleResponse, RuleSummary } from './actions.ts';

export function presentRule(rule: RetentionRule, context: Context): RuleResponse {
  const { lock, resourceType, resourceTags, excludeResourceTags } = rule;
  const state = ruleLockState(rule, context.now());
  return {
    ...presentSummary(rule, context),
    ResourceType: resourceType,
    ResourceTags: resourceTags.map(presentResourceTag),
    ExcludeResourceTags: excludeResourceTags.map(presentResourceTag),
    Status: 'available',
    ...(lock &&
      state !== 'unlocked' && {
        LockConfiguration: { UnlockDelay: { UnlockDelayValue: lock.unlockDelay, UnlockDelayUnit: 'DAYS' } },
      }),
    ...(lock?.endTime && state === 'pending_unlock' && { LockEndTime: new Date(lock.endTime) }),
  };
}

/** ListRules shows less of a rule. Only Region-level rules have a lock state. */
export function presentSummary(rule: RetentionRule, { now, region }: Context): RuleSummary {
  return {
    Identifier: rule.identifier,
    ...(rule.description && { Description: rule.description }),
    RetentionPeriod: { RetentionPeriodValue: rule.retentionDays, RetentionPeriodUnit: 'DAYS' },
    ...(isRegionLevel(rule) && { LockState: ruleLockState(rule, now()) }),
    RuleArn: ruleArn(region.name, rule),
  };
}

export function ruleArn(region: string, { ownerId, identifier }: RetentionRule): string {
  return `arn:${partitionOf(region)}:rbin:${region}:${ownerId}:rule/${identifier}`;
}

export function presentRuleTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));
}

function presentResourceTag({ key, value }: ResourceTag) {
  return { ResourceTagKey: key, ...(value !== undefined && { ResourceTagValue: value }) };
}
