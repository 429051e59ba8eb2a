/** Every error of keys and their aliases, by its exact text. */
import { beforeAll, describe } from 'vitest';
import { cancelKeyDeletion } from '../../../src/operations/kms/cancel-key-deletion.ts';
import { createAlias } from '../../../src/operations/kms/create-alias.ts';
import { createKey } from '../../../src/operations/kms/create-key.ts';
import { deleteAlias } from '../../../src/operations/kms/delete-alias.ts';
import { describeKey } from '../../../src/operations/kms/describe-key.ts';
import { disableKey } from '../../../src/operations/kms/disable-key.ts';
import { enableKey } from '../../../src/operations/kms/enable-key.ts';
import { listKeys } from '../../../src/operations/kms/list-keys.ts';
import { scheduleKeyDeletion } from '../../../src/operations/kms/schedule-key-deletion.ts';
import { refuses } from '../errors.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
const key = { id: '', arn: '', doomed: '', managed: '' };
beforeAll(async () => {
  region = testRegion();
  const create = async () =>
    (await region.call<{ KeyMetadata: { KeyId: string; Arn: string } }>(createKey, {})).KeyMetadata;
  const [kept, doomed] = [await create(), await create()];
  const aws = { KeyId: 'alias/aws/ebs' };
  const managed = await region.call<{ KeyMetadata: { Arn: string } }>(describeKey, aws);
  await region.call(createAlias, { AliasName: 'alias/images', TargetKeyId: kept.KeyId });
  await region.call(scheduleKeyDeletion, { KeyId: doomed.KeyId });
  Object.assign(key, {
    ...{ id: kept.KeyId, arn: kept.Arn, doomed: doomed.Arn },
    managed: managed.KeyMetadata.Arn,
  });
});

const absent = '00000000-0000-0000-0000-000000000000';
const notFound = { code: 'NotFoundException' };
const chinese = `arn:aws-cn:kms:us-east-1:${owner}:key/${absent}`;

describe('a key', () => {
  refuses(() => region, {
    'nobody has': {
      ...{ operation: describeKey, input: { KeyId: absent }, ...notFound },
      message: `Key 'arn:aws:kms:us-east-1:${owner}:key/${absent}' does not exist`,
    },
    'of a name nobody gave': {
      ...{ operation: describeKey, input: { KeyId: 'alias/none' }, ...notFound },
      message: `Alias arn:aws:kms:us-east-1:${owner}:alias/none is not found.`,
    },
    'of another region': {
      operation: describeKey,
      input: { KeyId: `arn:aws:kms:eu-west-1:${owner}:key/${absent}` },
      ...notFound,
      message: `Invalid arn arn:aws:kms:eu-west-1:${owner}:key/${absent}`,
    },
    'of another partition': {
      ...{ operation: describeKey, input: { KeyId: chinese }, ...notFound },
      message: `Invalid arn ${chinese}`,
    },
    'by its alias, where that is none': {
      ...{ operation: disableKey, input: { KeyId: 'alias/images' }, ...notFound },
      message: "Invalid keyId 'alias/images'",
    },
    'to be deleted tomorrow': {
      operation: scheduleKeyDeletion,
      input: { KeyId: absent, PendingWindowInDays: 1 },
      code: 'ValidationException',
      message: 'PendingWindowInDays must be between 7 and 30 days inclusive',
    },
    'for signatures': {
      ...{ operation: createKey, input: { KeyUsage: 'SIGN_VERIFY' } },
      code: 'UnsupportedOperationException',
      message: 'KeyUsage SIGN_VERIFY is not served: keys are for ENCRYPT_DECRYPT.',
    },
    'with a tag of AWS’s': {
      ...{ operation: createKey, input: { Tags: [{ TagKey: 'aws:a', TagValue: '' }] } },
      ...{ code: 'TagException', message: "Tag keys that begin with 'aws:' are reserved." },
    },
    'listed from elsewhere': {
      ...{ operation: listKeys, input: { Marker: 'x' } },
      ...{ code: 'InvalidMarkerException', message: 'The marker is not one of ours.' },
    },
  });

  refuses(() => region, {
    'of another account': {
      operation: describeKey,
      get input() {
        return { KeyId: key.arn };
      },
      caller: stranger,
      code: 'AccessDeniedException',
      get message() {
        return `User: arn:aws:iam::${stranger}:root is not authorized to use the resource: ${key.arn}`;
      },
    },
    'that is to be deleted, to be used': {
      operation: enableKey,
      get input() {
        return { KeyId: key.doomed };
      },
      code: 'KMSInvalidStateException',
      get message() {
        return `${key.doomed} is pending deletion.`;
      },
    },
    'that is not, to be kept': {
      operation: cancelKeyDeletion,
      get input() {
        return { KeyId: key.id };
      },
      code: 'KMSInvalidStateException',
      get message() {
        return `${key.arn} is not pending deletion.`;
      },
    },
    'managed by AWS': {
      operation: disableKey,
      get input() {
        return { KeyId: key.managed };
      },
      code: 'UnsupportedOperationException',
      get message() {
        return `${key.managed} is managed by AWS: its state cannot be changed.`;
      },
    },
  });
});

describe('an alias', () => {
  refuses(() => region, {
    'that is taken': {
      operation: createAlias,
      get input() {
        return { AliasName: 'alias/images', TargetKeyId: key.id };
      },
      code: 'AlreadyExistsException',
      message: `An alias with the name arn:aws:kms:us-east-1:${owner}:alias/images already exists`,
    },
    'that is AWS’s': {
      ...{ operation: createAlias, input: { AliasName: 'alias/aws/mine', TargetKeyId: absent } },
      ...{ code: 'NotAuthorizedException', message: "Aliases that begin with 'alias/aws/' are reserved." },
    },
    'without its beginning': {
      ...{ operation: createAlias, input: { AliasName: 'images', TargetKeyId: absent } },
      code: 'InvalidAliasNameException',
      message: 'AliasName must begin with "alias/", and hold no colon.',
    },
    'in another script': {
      ...{ operation: createAlias, input: { AliasName: 'alias/ключ', TargetKeyId: absent } },
      code: 'ValidationException',
      message: 'AliasName must have 1 to 256 letters, digits, slashes, underscores and dashes.',
    },
    'that is none': {
      ...{ operation: deleteAlias, input: { AliasName: 'alias/none' }, ...notFound },
      message: `Alias arn:aws:kms:us-east-1:${owner}:alias/none is not found.`,
    },
  });
});
