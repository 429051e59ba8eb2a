import { changeRule, findRuleByArn } from './find-rule.ts';
import { operation } from './operation.ts';

/** https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_UntagResource.html */
export const untagResource = operation('UntagResource', async (input, context) => {
  const gone = new Set(input.TagKeys);
  await changeRule(
    context,
    records => findRuleByArn(records, context, input.ResourceArn),
    rule => ({
      ...rule,
      tags: Object.fromEntries(Object.entries(rule.tags).filter(([key]) => !gone.has(key))),
    }),
  );
  return undefined;
});
