import { beforeEach, describe, expect, test } from 'vitest';
import { createAlias } from '../../../src/operations/kms/create-alias.ts';
import { createKey } from '../../../src/operations/kms/create-key.ts';
import { deleteAlias } from '../../../src/operations/kms/delete-alias.ts';
import { describeKey } from '../../../src/operations/kms/describe-key.ts';
import { listAliases } from '../../../src/operations/kms/list-aliases.ts';
import { updateAlias } from '../../../src/operations/kms/update-alias.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
let first: string;
let second: string;
beforeEach(async () => {
  region = testRegion();
  [first, second] = [await newKey(), await newKey()];
});

const newKey = async () =>
  (await region.call<{ KeyMetadata: { KeyId: string } }>(createKey, {})).KeyMetadata.KeyId;
const create = (AliasName: string, TargetKeyId = first) =>
  region.call(createAlias, { AliasName, TargetKeyId });
const list = (input: object = {}) =>
  region.call<{ Aliases: { AliasName: string }[]; NextMarker?: string; Truncated: boolean }>(
    listAliases,
    input,
  );
const target = async (KeyId: string) =>
  (await region.call<{ KeyMetadata: { KeyId: string } }>(describeKey, { KeyId })).KeyMetadata.KeyId;
const arnOf = (name: string) => `arn:aws:kms:us-east-1:${owner}:${name}`;

describe('an alias', () => {
  test('is made, moved to another key, and deleted', async () => {
    await create('alias/images');
    expect(await target('alias/images')).toBe(first);
    const made = region.time;
    region.time = new Date(made.getTime() + 1000);
    await region.call(updateAlias, { AliasName: 'alias/images', TargetKeyId: second });
    expect(await target('alias/images')).toBe(second);
    expect((await list({ KeyId: second })).Aliases).toEqual([
      {
        AliasName: 'alias/images',
        AliasArn: arnOf('alias/images'),
        TargetKeyId: second,
        CreationDate: made,
        LastUpdatedDate: region.time,
      },
    ]);
    expect((await list({ KeyId: first })).Aliases).toEqual([]);
    await region.call(deleteAlias, { AliasName: 'alias/images' });
    expect(await refusal(target('alias/images'))).toEqual([
      'NotFoundException',
      `Alias ${arnOf('alias/images')} is not found.`,
      400,
    ]);
    for (const call of [
      region.call(deleteAlias, { AliasName: 'alias/images' }),
      region.call(updateAlias, { AliasName: 'alias/images', TargetKeyId: first }),
    ])
      expect((await refusal(call))[0]).toBe('NotFoundException');
  });

  test('is one in its account, and another account may have the same', async () => {
    await create('alias/images');
    expect(await refusal(create('alias/images', second))).toEqual([
      'AlreadyExistsException',
      `An alias with the name ${arnOf('alias/images')} already exists`,
      400,
    ]);
    expect(await target('alias/images')).toBe(first);
    const theirs = await region.call<{ KeyMetadata: { KeyId: string } }>(createKey, {}, stranger);
    const input = { AliasName: 'alias/images', TargetKeyId: theirs.KeyMetadata.KeyId };
    await region.call(createAlias, input, stranger);
    expect((await refusal(create('alias/theirs', theirs.KeyMetadata.KeyId)))[0]).toBe('NotFoundException');
  });

  test.each([
    ['images', 'InvalidAliasNameException'],
    ['alias/', 'InvalidAliasNameException'],
    ['alias/a:b', 'InvalidAliasNameException'],
    ['alias/two words', 'ValidationException'],
    [`alias/${'x'.repeat(251)}`, 'ValidationException'],
    ['', 'ValidationException'],
    ['alias/aws/ebs', 'NotAuthorizedException'],
  ])("cannot be named '%s'", async (name, code) => {
    expect((await refusal(create(name)))[0]).toBe(code);
  });

  test('leads neither to another alias nor to a managed key', async () => {
    await create('alias/images');
    expect((await refusal(create('alias/second', 'alias/images')))[0]).toBe('NotFoundException');
    expect((await refusal(create('alias/mine', await target('alias/aws/ebs'))))[0]).toBe(
      'UnsupportedOperationException',
    );
  });
});

describe('ListAliases', () => {
  test('shows the managed alias before and after it has a key, by pages', async () => {
    await create('alias/zebra');
    await create('alias/apple');
    expect((await list()).Aliases.map(({ AliasName }) => AliasName)).toEqual([
      'alias/apple',
      'alias/aws/ebs',
      'alias/zebra',
    ]);
    expect((await list()).Aliases[1]).not.toMatchObject({ TargetKeyId: expect.any(String) });
    const managed = await target('alias/aws/ebs');
    expect((await list()).Aliases[1]).toMatchObject({ AliasName: 'alias/aws/ebs', TargetKeyId: managed });
    const page = await list({ Limit: 2 });
    expect([page.Aliases.length, page.Truncated]).toEqual([2, true]);
    const rest = await list({ Limit: 2, Marker: page.NextMarker });
    expect([rest.Aliases.map(alias => alias.AliasName), rest.Truncated]).toEqual([['alias/zebra'], false]);
    expect((await refusal(list({ KeyId: first, Marker: page.NextMarker })))[0]).toBe(
      'InvalidMarkerException',
    );
  });
});
