import { findRule } from './find-rule.ts';
import { operation } from './operation.ts';
import { presentRule } from './present.ts';

/** https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_GetRule.html */
export const getRule = operation('GetRule', async (input, context) =>
  presentRule(await findRule(context.records.read, context, input.Identifier), context),
);
