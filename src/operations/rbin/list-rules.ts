import { ApiError } from '../../domain/errors.ts';
import { page } from '../../domain/pages.ts';
import { rbinValidation } from '../../domain/rbin-errors.ts';
import {
  isRegionLevel,
  type ResourceTag,
  type RetentionRule,
  ruleLockState,
} from '../../domain/retention-rule.ts';
import { parseResourceTags, parseResourceType } from '../../domain/retention-rule-request.ts';
import { operation } from './operation.ts';
import { presentSummary } from './present.ts';

const lockStates = ['locked', 'pending_unlock', 'unlocked'];

/** https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_ListRules.html */
export const listRules = operation('ListRules', async (input, context) => {
  const { accountId: ownerId } = context.caller;
  const resourceType = parseResourceType(input.ResourceType);
  const asked = parseResourceTags(input.ResourceTags, input.ExcludeResourceTags);
  if (input.LockState !== undefined && !lockStates.includes(input.LockState))
    throw rbinValidation(`LockState must be one of ${lockStates.join(', ')}.`);
  const rules = await context.records.read.retentionRules.list({ ownerId });
  const matching = rules.filter(
    rule =>
      rule.resourceType === resourceType &&
      lists(rule.resourceTags, asked.resourceTags) &&
      lists(rule.excludeResourceTags, asked.excludeResourceTags) &&
      (input.LockState === undefined ||
        (isRegionLevel(rule) && ruleLockState(rule, context.now()) === input.LockState)),
  );
  const { items, NextToken } = rulesPage(matching, input);
  return { Rules: items.map(rule => presentSummary(rule, context)), NextToken };
});

const lists = (tags: readonly ResourceTag[], asked: readonly ResourceTag[]) =>
  asked.every(({ key, value }) => tags.some(tag => tag.key === key && tag.value === value));

/** @throws ValidationException */
function rulesPage(
  rules: readonly RetentionRule[],
  { MaxResults = 1000, NextToken }: { MaxResults?: number; NextToken?: string },
) {
  if (MaxResults < 1 || MaxResults > 1000) throw rbinValidation('MaxResults must be between 1 and 1000.');
  try {
    return page(rules, rule => rule.identifier, {
      action: 'ListRules',
      MaxResults,
      NextToken,
      least: 1,
      most: 1000,
    });
  } catch (error) {
    throw error instanceof ApiError && error.code === 'InvalidNextToken'
      ? rbinValidation('NextToken is not one of ours.', 'INVALID_PAGE_TOKEN')
      : error;
  }
}
