import { mergeRuleTags } from '../../domain/retention-rule-request.ts';
import { changeRule, findRuleByArn } from './find-rule.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_TagResource.html */
export const tagResource = operation('TagResource', async (input, context) => {
  await changeRule(
    context,
    records => findRuleByArn(records, context, input.ResourceArn),
    rule => ({ ...rule, tags: mergeRuleTags(rule.tags, input.Tags) }),
  );
  return undefined;
});
