import { rbinValidation, ruleNotFound } from '../../domain/rbin-errors.ts';
import type { RetentionRule } from '../../domain/retention-rule.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { ruleArn } from './present.ts';

type Rules = Pick<RegionReader, 'retentionRules'>;

/** A rule of the caller's. @throws ValidationException, ResourceNotFoundException also for another account's */
export async function findRule(
  records: Rules,
  { caller }: Context,
  identifier: string,
): Promise<RetentionRule> {
  if (!/^[0-9a-zA-Z]{11}$/.test(identifier))
    throw rbinValidation('Identifier must have 11 letters and digits.');
  const rule = await records.retentionRules.get(identifier);
  if (rule?.ownerId !== caller.accountId) throw ruleNotFound(identifier);
  return rule;
}

/** The same by its ARN. @throws ValidationException, ResourceNotFoundException */
export async function findRuleByArn(records: Rules, context: Context, arn: string): Promise<RetentionRule> {
  const identifier = /^arn:[a-z-]+:rbin:[^:]*:[^:]*:rule\/([0-9a-zA-Z]{11})$/.exec(arn)?.[1];
  if (identifier === undefined) throw rbinValidation('ResourceArn must be the ARN of a retention rule.');
  const rule = await findRule(records, context, identifier);
  if (ruleArn(context.region.name, rule) !== arn) throw ruleNotFound(arn);
  return rule;
}

/** Changes a rule in one transaction. */
export function changeRule(
  context: Context,
  find: (records: Rules) => Promise<RetentionRule>,
  change: (rule: RetentionRule) => RetentionRule,
): Promise<RetentionRule> {
  return context.records.transaction(async records => {
    const changed = change(await find(records));
    await records.retentionRules.put(changed);
    return changed;
  });
}
