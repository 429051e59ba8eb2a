import { checkUnlocked } from '../../domain/retention-rule.ts';
import { findRule } from './find-rule.ts';
import { operation } from './operation.ts';

/**
 * https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_DeleteRule.html
 * What is in the bin stays there for as long as it was told when it came.
 */
export const deleteRule = operation('DeleteRule', async (input, context) => {
  await context.records.transaction(async records => {
    const rule = await findRule(records, context, input.Identifier);
    checkUnlocked(rule, context.now());
    await records.retentionRules.delete(rule.identifier);
  });
  return undefined;
});
