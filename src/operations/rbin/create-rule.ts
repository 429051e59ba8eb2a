import { randomInt } from 'node:crypto';
import { rbinValidation, ruleQuotaExceeded } from '../../domain/rbin-errors.ts';
import { isRegionLevel, type RetentionRule } from '../../domain/retention-rule.ts';
import {
  mergeRuleTags,
  parseDescription,
  parseResourceTags,
  parseResourceType,
  parseRetention,
  parseUnlockDelay,
} from '../../domain/retention-rule-request.ts';
import { operation } from './operation.ts';
import { presentRule, presentRuleTags } from './present.ts';

/** Rules of one account in one region. */
const mostRules = 250;

/** https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_CreateRule.html */
export const createRule = operation('CreateRule', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const description = parseDescription(input.Description);
  const rule: RetentionRule = {
    identifier: newIdentifier(),
    ownerId,
    resourceType: parseResourceType(input.ResourceType),
    ...(description && { description }),
    retentionDays: parseRetention(input.RetentionPeriod),
    ...parseResourceTags(input.ResourceTags, input.ExcludeResourceTags),
    ...(input.LockConfiguration && { lock: { unlockDelay: parseUnlockDelay(input.LockConfiguration) } }),
    tags: mergeRuleTags({}, input.Tags),
  };
  if (rule.lock && !isRegionLevel(rule))
    throw rbinValidation('Only Region-level retention rules can be locked.');
  await context.records.transaction(async records => {
    if ((await records.retentionRules.list({ ownerId })).length >= mostRules)
      throw ruleQuotaExceeded(`An account can have at most ${mostRules} retention rules in a region.`);
    await records.retentionRules.put(rule);
  });
  return { ...presentRule(rule, context), Tags: presentRuleTags(rule.tags) };
});

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function newIdentifier(): string {
  return Array.from({ length: 11 }, () => alphabet[randomInt(alphabet.length)]).join('');
}
