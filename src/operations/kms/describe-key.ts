import { findKey } from './key-lookup.ts';
import { operation } from './operation.ts';
import { presentKey } from './present.ts';

/**
 * Asking for `alias/aws/ebs` makes its key, as on AWS.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
 */
export const describeKey = operation('DescribeKey', async (input, context) => {
  const key = await context.records.transaction(records => findKey(records, context, input.KeyId));
  return { KeyMetadata: presentKey(key) };
});
