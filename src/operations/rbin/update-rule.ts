import { rbinValidation } from '../../domain/rbin-errors.ts';
import { checkUnlocked, isRegionLevel, type RetentionRule } from '../../domain/retention-rule.ts';
import {
  parseDescription,
  parseResourceTags,
  parseResourceType,
  parseRetention,
} from '../../domain/retention-rule-request.ts';
import { changeRule, findRule } from './find-rule.ts';
import { operation } from './operation.ts';
import { presentRule } from './present.ts';

/**
 * https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_UpdateRule.html
 * Says nothing of what is in the bin already.
 */
export const updateRule = operation('UpdateRule', async (input, context) => {
  const description = parseDescription(input.Description);
  const retentionDays = input.RetentionPeriod && parseRetention(input.RetentionPeriod);
  const tags = parseResourceTags(input.ResourceTags, input.ExcludeResourceTags);
  const type = input.ResourceType === undefined ? undefined : parseResourceType(input.ResourceType);
  const rule = await changeRule(
    context,
    records => findRule(records, context, input.Identifier),
    present => {
      checkUnlocked(present, context.now());
      if (type !== undefined && type !== present.resourceType)
        throw rbinValidation("A retention rule's resource type cannot be changed.");
      checkLevel(present, input);
      const { description: before, ...rest } = present;
      const text = input.Description === undefined ? before : description;
      return {
        ...rest,
        ...(text && { description: text }),
        ...(retentionDays && { retentionDays }),
        ...(input.ResourceTags && { resourceTags: tags.resourceTags }),
        ...(input.ExcludeResourceTags && { excludeResourceTags: tags.excludeResourceTags }),
      };
    },
  );
  return presentRule(rule, context);
});

/** A rule for tags does not become one for a whole Region, which would keep far more, nor the other way round. */
function checkLevel(
  rule: RetentionRule,
  { ResourceTags, ExcludeResourceTags }: { ResourceTags?: unknown[]; ExcludeResourceTags?: unknown[] },
): void {
  if (isRegionLevel(rule) ? ResourceTags?.length : ResourceTags?.length === 0)
    throw rbinValidation('A retention rule cannot be changed between tag level and Region level.');
  if (!isRegionLevel(rule) && ExcludeResourceTags?.length)
    throw rbinValidation('ExcludeResourceTags is for Region-level retention rules.');
}
