import { expect, test } from 'vitest';
import { kmsArn, parseKeyReference } from '../../src/domain/kms-key.ts';

const owner = '111122223333';

test('the ARN of a key or an alias is of its region’s partition, and read back', () => {
  const arn = kmsArn('cn-north-1', owner, 'key/one');
  expect(arn).toBe(`arn:aws-cn:kms:cn-north-1:${owner}:key/one`);
  expect(parseKeyReference(arn)).toEqual({ region: 'cn-north-1', accountId: owner, keyId: 'one' });
  expect(parseKeyReference(kmsArn('us-east-1', owner, 'alias/images'))).toEqual({
    ...{ region: 'us-east-1', accountId: owner },
    aliasName: 'alias/images',
  });
});

test('an ARN of another partition than its region’s names no key there is', () => {
  for (const arn of [`arn:aws:kms:cn-north-1:${owner}:key/one`, `arn:aws-cn:kms:us-east-1:${owner}:key/one`])
    expect(parseKeyReference(arn)).toEqual({ keyId: arn });
});
