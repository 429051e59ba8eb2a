import { findRuleByArn } from './find-rule.ts';
import { operation } from './operation.ts';
import { presentRuleTags } from './present.ts';

/** https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_ListTagsForResource.html */
export const listTagsForResource = operation('ListTagsForResource', async (input, context) => {
  const { tags } = await findRuleByArn(context.records.read, context, input.ResourceArn);
  return { Tags: presentRuleTags(tags) };
});
