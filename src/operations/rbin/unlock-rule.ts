import { withUnlock } from '../../domain/retention-rule.ts';
import { changeRule, findRule } from './find-rule.ts';
import { operation } from './operation.ts';
import { presentRule } from './present.ts';

/** https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_UnlockRule.html */
export const unlockRule = operation('UnlockRule', async (input, context) => {
  const rule = await changeRule(
    context,
    records => findRule(records, context, input.Identifier),
    present => withUnlock(present, context.now()),
  );
  return presentRule(rule, context);
});
