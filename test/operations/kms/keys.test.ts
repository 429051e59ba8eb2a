import { beforeEach, describe, expect, test } from 'vitest';
import { cancelKeyDeletion } from '../../../src/operations/kms/cancel-key-deletion.ts';
import { createAlias } from '../../../src/operations/kms/create-alias.ts';
import { createKey } from '../../../src/operations/kms/create-key.ts';
import { describeKey } from '../../../src/operations/kms/describe-key.ts';
import { disableKey } from '../../../src/operations/kms/disable-key.ts';
import { enableKey } from '../../../src/operations/kms/enable-key.ts';
import { listKeys } from '../../../src/operations/kms/list-keys.ts';
import { listResourceTags } from '../../../src/operations/kms/list-resource-tags.ts';
import { scheduleKeyDeletion } from '../../../src/operations/kms/schedule-key-deletion.ts';
import type { Operation } from '../../../src/operations/operation.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
beforeEach(() => {
  region = testRegion();
});

interface Metadata {
  KeyMetadata: { KeyId: string; Arn: string; KeyState: string };
}

const create = async (input: object = {}) => (await region.call<Metadata>(createKey, input)).KeyMetadata;
const describe_ = async (KeyId: string, account?: string) =>
  (await region.call<Metadata>(describeKey, { KeyId }, account)).KeyMetadata;
const on = (operation: Operation, KeyId: string, more: object = {}) =>
  region.call<Record<string, unknown>>(operation, { KeyId, ...more });

describe('CreateKey', () => {
  test('makes an enabled symmetric key that is found by id, ARN and alias', async () => {
    const key = await create({
      Description: 'images',
      KeySpec: 'SYMMETRIC_DEFAULT',
      Tags: [
        { TagKey: 'b', TagValue: '2' },
        { TagKey: 'a', TagValue: '1' },
      ],
    });
    expect(key).toEqual({
      AWSAccountId: owner,
      KeyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      Arn: `arn:aws:kms:us-east-1:${owner}:key/${key.KeyId}`,
      CreationDate: region.time,
      Enabled: true,
      Description: 'images',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyState: 'Enabled',
      DeletionDate: undefined,
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      KeySpec: 'SYMMETRIC_DEFAULT',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      MultiRegion: false,
    });
    await region.call(createAlias, { AliasName: 'alias/images', TargetKeyId: key.KeyId });
    const aliasArn = `arn:aws:kms:us-east-1:${owner}:alias/images`;
    for (const name of [key.KeyId, key.Arn, 'alias/images', aliasArn])
      expect(await describe_(name)).toEqual(key);
    expect(await on(listResourceTags, key.KeyId)).toMatchObject({
      Tags: [
        { TagKey: 'a', TagValue: '1' },
        { TagKey: 'b', TagValue: '2' },
      ],
      Truncated: false,
    });
  });

  test.each([
    [{ KeyUsage: 'SIGN_VERIFY' }, 'UnsupportedOperationException', 'SIGN_VERIFY'],
    [{ KeySpec: 'RSA_2048' }, 'UnsupportedOperationException', 'RSA_2048'],
    [{ CustomerMasterKeySpec: 'HMAC_256' }, 'UnsupportedOperationException', 'HMAC_256'],
    [{ Origin: 'EXTERNAL' }, 'UnsupportedOperationException', 'Origin'],
    [{ MultiRegion: true }, 'UnsupportedOperationException', 'MultiRegion'],
    [{ Policy: '{}' }, 'UnsupportedOperationException', 'Policy'],
    [{ Description: 'x'.repeat(8193) }, 'ValidationException', 'Description'],
    [{ Tags: [{ TagKey: 'aws:x', TagValue: '' }] }, 'TagException', 'reserved'],
    [{ Tags: [1, 2].map(() => ({ TagKey: 'x', TagValue: '' })) }, 'TagException', 'twice'],
  ])('refuses %o as %s', async (input, code, word) => {
    expect(await refusal(create(input))).toEqual([code, expect.stringContaining(word), 400]);
    expect(await region.records.read.kmsKeys.list()).toEqual([]);
  });
});

describe('a key', () => {
  test('is disabled and enabled again', async () => {
    const { KeyId } = await create();
    await on(disableKey, KeyId);
    expect(await describe_(KeyId)).toMatchObject({ KeyState: 'Disabled', Enabled: false });
    await on(enableKey, KeyId);
    expect(await describe_(KeyId)).toMatchObject({ KeyState: 'Enabled', Enabled: true });
  });

  test('waits for its deletion, refuses all else meanwhile, and is disabled once that is cancelled', async () => {
    const { KeyId, Arn } = await create();
    const DeletionDate = new Date(region.time.getTime() + 30 * 24 * 3_600_000);
    expect(await on(scheduleKeyDeletion, KeyId)).toEqual({
      ...{ KeyId: Arn, DeletionDate, KeyState: 'PendingDeletion', PendingWindowInDays: 30 },
    });
    expect(await describe_(KeyId)).toMatchObject({ KeyState: 'PendingDeletion', DeletionDate });
    for (const operation of [enableKey, disableKey, scheduleKeyDeletion])
      expect(await refusal(on(operation, KeyId))).toEqual([
        'KMSInvalidStateException',
        `${Arn} is pending deletion.`,
        400,
      ]);
    const target = { AliasName: 'alias/x', TargetKeyId: KeyId };
    expect((await refusal(region.call(createAlias, target)))[0]).toBe('KMSInvalidStateException');
    expect(await on(cancelKeyDeletion, KeyId)).toEqual({ KeyId: Arn });
    expect(await describe_(KeyId)).toMatchObject({ KeyState: 'Disabled', DeletionDate: undefined });
    expect(await refusal(on(cancelKeyDeletion, KeyId))).toEqual([
      'KMSInvalidStateException',
      `${Arn} is not pending deletion.`,
      400,
    ]);
  });

  test.each([6, 31, 0, 7.5])('cannot be scheduled for deletion in %d days', async PendingWindowInDays => {
    const { KeyId } = await create();
    expect((await refusal(on(scheduleKeyDeletion, KeyId, { PendingWindowInDays })))[0]).toBe(
      'ValidationException',
    );
    expect(await describe_(KeyId)).toMatchObject({ KeyState: 'Enabled' });
  });

  test('of another account cannot be told from one there is not', async () => {
    const { KeyId, Arn } = await create();
    const absent = `arn:aws:kms:us-east-1:${stranger}:key/00000000-0000-0000-0000-000000000000`;
    const [code, text] = await refusal(describe_(Arn, stranger));
    expect([code, text]).toEqual(['AccessDeniedException', expect.stringContaining(Arn)]);
    expect((await refusal(describe_(absent)))[0]).toBe('AccessDeniedException');
    expect(await refusal(describe_(KeyId, stranger))).toEqual([
      'NotFoundException',
      `Key 'arn:aws:kms:us-east-1:${stranger}:key/${KeyId}' does not exist`,
      400,
    ]);
    expect(await region.call(listKeys, {}, stranger)).toEqual({ Keys: [], Truncated: false });
  });

  test.each([
    ['nobody', "Key 'arn:aws:kms:us-east-1:111122223333:key/nobody' does not exist"],
    ['alias/nobody', 'Alias arn:aws:kms:us-east-1:111122223333:alias/nobody is not found.'],
    ['arn:aws:kms:eu-west-1:111122223333:key/x', 'Invalid arn arn:aws:kms:eu-west-1:111122223333:key/x'],
    ['arn:aws:s3:::bucket', 'Invalid arn arn:aws:s3:::bucket'],
  ])('named %s is not found', async (name, message) => {
    expect(await refusal(describe_(name))).toEqual(['NotFoundException', message, 400]);
  });

  test('is not changed by its alias', async () => {
    await create();
    expect(await refusal(on(disableKey, 'alias/x'))).toEqual([
      'NotFoundException',
      "Invalid keyId 'alias/x'",
      400,
    ]);
  });

  test('that is managed is made when it is first asked for, once, and cannot be changed', async () => {
    const [first, second] = [await describe_('alias/aws/ebs'), await describe_('alias/aws/ebs')];
    expect(first).toMatchObject({ KeyManager: 'AWS', KeyState: 'Enabled' });
    expect(second).toEqual(first);
    expect((await describe_('alias/aws/ebs', stranger)).KeyId).not.toBe(first.KeyId);
    for (const operation of [disableKey, enableKey, scheduleKeyDeletion, cancelKeyDeletion])
      expect((await refusal(on(operation, first.KeyId)))[0]).toBe('UnsupportedOperationException');
  });
});

describe('ListKeys', () => {
  test('lists by pages, and refuses what is no marker of its own', async () => {
    const made = [await create(), await create(), await create()].map(key => key.KeyId).sort();
    const seen: string[] = [];
    for (let Marker: string | undefined; ; ) {
      const answer = await region.call<{
        Keys: { KeyId: string }[];
        NextMarker?: string;
        Truncated: boolean;
      }>(listKeys, { Limit: 2, Marker });
      seen.push(...answer.Keys.map(key => key.KeyId));
      expect(answer.Truncated).toBe(answer.NextMarker !== undefined);
      Marker = answer.NextMarker;
      if (!Marker) break;
    }
    expect(seen).toEqual(made);
    expect((await refusal(region.call(listKeys, { Marker: 'x' })))[0]).toBe('InvalidMarkerException');
    for (const Limit of [0, 1001])
      expect((await refusal(region.call(listKeys, { Limit })))[0]).toBe('ValidationException');
  });
});
