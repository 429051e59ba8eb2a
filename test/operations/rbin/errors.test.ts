/** Every kind of error of retention rules, by its exact text. */
import { beforeAll, describe } from 'vitest';
import { createRule } from '../../../src/operations/rbin/create-rule.ts';
import { deleteRule } from '../../../src/operations/rbin/delete-rule.ts';
import { getRule } from '../../../src/operations/rbin/get-rule.ts';
import { listRules } from '../../../src/operations/rbin/list-rules.ts';
import { listTagsForResource } from '../../../src/operations/rbin/list-tags-for-resource.ts';
import { refuses } from '../errors.ts';
import { owner, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
let locked = '';
const days = (RetentionPeriodValue: number) => ({ RetentionPeriodValue, RetentionPeriodUnit: 'DAYS' });
beforeAll(async () => {
  region = testRegion();
  const rule = await region.call<{ Identifier: string }>(createRule, {
    ...{ ResourceType: 'EBS_SNAPSHOT', RetentionPeriod: days(7) },
    LockConfiguration: { UnlockDelay: { UnlockDelayValue: 7, UnlockDelayUnit: 'DAYS' } },
  });
  locked = rule.Identifier;
});

const invalid = { code: 'ValidationException' };
const create = (input: object) => ({
  operation: createRule,
  input: { ResourceType: 'EC2_IMAGE', RetentionPeriod: days(7), ...input },
  ...invalid,
});
const absent = 'aaaaaaaaaaa';
const arn = (partition: string) => `arn:${partition}:rbin:us-east-1:${owner}:rule/${absent}`;

describe('a rule', () => {
  refuses(() => region, {
    'nobody has': {
      ...{ operation: getRule, input: { Identifier: absent }, code: 'ResourceNotFoundException' },
      ...{ message: `The rule '${absent}' does not exist.`, status: 404 },
    },
    'of another partition': {
      operation: listTagsForResource,
      input: { ResourceArn: arn('aws-cn') },
      code: 'ResourceNotFoundException',
      ...{ message: `The rule '${absent}' does not exist.`, status: 404 },
    },
    'by what is no ARN': {
      ...{ operation: listTagsForResource, input: { ResourceArn: 'rule' }, ...invalid },
      message: 'ResourceArn must be the ARN of a retention rule.',
    },
    'that is locked': {
      operation: deleteRule,
      get input() {
        return { Identifier: locked };
      },
      code: 'ConflictException',
      get message() {
        return `The rule '${locked}' is locked.`;
      },
      status: 409,
    },
    'for volumes': {
      ...create({ ResourceType: 'EBS_VOLUME' }),
      message: 'Deleted volumes are not retained here: ResourceType is EBS_SNAPSHOT or EC2_IMAGE.',
    },
    'for longer than a year': {
      ...create({ RetentionPeriod: days(366) }),
      message: 'RetentionPeriodValue must be between 1 and 365 days.',
    },
    'by weeks': {
      ...create({ RetentionPeriod: { RetentionPeriodValue: 1, RetentionPeriodUnit: 'WEEKS' } }),
      message: 'RetentionPeriodUnit must be DAYS.',
    },
    'with a tag of AWS’s': {
      ...create({ Tags: [{ Key: 'aws:a', Value: '' }] }),
      message: "Tag keys that begin with 'aws:' are reserved.",
    },
    'listed from elsewhere': {
      ...{ operation: listRules, input: { ResourceType: 'EC2_IMAGE', NextToken: 'x' }, ...invalid },
      message: 'NextToken is not one of ours.',
    },
  });
});
