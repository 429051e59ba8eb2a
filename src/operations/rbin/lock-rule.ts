import { withLock } from '../../domain/retention-rule.ts';
import { parseUnlockDelay } from '../../domain/retention-rule-request.ts';
import { changeRule, findRule } from './find-rule.ts';
import { operation } from './operation.ts';
import { presentRule } from './present.ts';

/** https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_LockRule.html */
export const lockRule = operation('LockRule', async (input, context) => {
  const delay = parseUnlockDelay(input.LockConfiguration);
  const rule = await changeRule(
    context,
    records => findRule(records, context, input.Identifier),
    present => withLock(present, delay, context.now()),
  );
  return presentRule(rule, context);
});
