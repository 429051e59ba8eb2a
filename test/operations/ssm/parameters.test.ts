import { beforeEach, describe, expect, test } from 'vitest';
import { deleteParameter } from '../../../src/operations/ssm/delete-parameter.ts';
import { getParameter } from '../../../src/operations/ssm/get-parameter.ts';
import { getParameters } from '../../../src/operations/ssm/get-parameters.ts';
import { getParametersByPath } from '../../../src/operations/ssm/get-parameters-by-path.ts';
import { putParameter } from '../../../src/operations/ssm/put-parameter.ts';
import { imageId, putImage, refusal } from '../ec2/launch-fixtures.ts';
import { amazon, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
beforeEach(() => {
  region = testRegion();
});

interface Answer {
  Parameters: { Name: string; Value: string }[];
  InvalidParameters: string[];
  NextToken?: string;
}
const put = (Name: string, Value: string, more: object = {}) =>
  region.call(putParameter, { Name, Value, Type: 'String', ...more });
const get = async (Name: string) =>
  (await region.call<{ Parameter: { Value: string } }>(getParameter, { Name })).Parameter;
const byPath = (input: object) => region.call<Answer>(getParametersByPath, input);
const namesUnder = async (input: object) => (await byPath(input)).Parameters.map(one => one.Name);
const missing = { code: 'ParameterNotFound' };

describe('a parameter', () => {
  test('is put, read by name, version and ARN, and written over when that is asked for', async () => {
    expect(await put('/a/b', 'one')).toEqual({ Version: 1, Tier: 'Standard' });
    await refusal(
      region,
      putParameter,
      { Name: '/a/b', Value: 'two', Type: 'String' },
      {
        code: 'ParameterAlreadyExists',
        message:
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      },
    );
    expect(await put('/a/b', 'two', { Overwrite: true, Type: undefined })).toMatchObject({ Version: 2 });
    const ARN = 'arn:aws:ssm:us-east-1:111122223333:parameter/a/b';
    const shown = {
      ...{ Name: '/a/b', Type: 'String', Value: 'two', Version: 2, DataType: 'text' },
      ...{ LastModifiedDate: region.time, ARN },
    };
    expect(await get('/a/b')).toEqual(shown);
    expect(await get(ARN)).toEqual(shown);
    expect(await get('/a/b:2')).toEqual({ ...shown, Selector: ':2' });
    expect(await get('/a/b:1')).toEqual({ ...shown, Value: 'one', Version: 1, Selector: ':1' });
    await refusal(region, getParameter, { Name: '/a/b:3' }, { code: 'ParameterVersionNotFound' });
    await put('plain', 'x');
    expect(await get('arn:aws:ssm:us-east-1:111122223333:parameter/plain')).toMatchObject({ Value: 'x' });
  });

  test('keeps its last hundred versions', async () => {
    for (let n = 1; n <= 102; n++) await put('a', String(n), { Overwrite: true });
    expect(await get('a:3')).toMatchObject({ Value: '3' });
    await refusal(region, getParameter, { Name: 'a:2' }, { code: 'ParameterVersionNotFound' });
  });

  test('is its account’s alone, until it is deleted', async () => {
    await put('/a', 'one');
    for (const Name of ['/a', 'arn:aws:ssm:us-east-1:111122223333:parameter/a'])
      await refusal(region, getParameter, { Name }, missing, stranger);
    await refusal(region, deleteParameter, { Name: '/a' }, missing, stranger);
    expect(await region.call(deleteParameter, { Name: '/a' })).toEqual({});
    await refusal(region, deleteParameter, { Name: '/a' }, missing);
    await refusal(region, getParameter, { Name: '/a' }, missing);
  });

  test('for an image names one the account sees', async () => {
    await putImage(region);
    const image = { DataType: 'aws:ec2:image' };
    await put('golden', imageId, image);
    expect(await get('golden')).toMatchObject({ Value: imageId, DataType: 'aws:ec2:image' });
    const refused = { code: 'ValidationException' };
    const input = { Name: 'other', Type: 'String', ...image };
    await refusal(region, putParameter, { ...input, Value: 'ami-00000000000000009' }, refused);
    await refusal(region, putParameter, { ...input, Value: 'x' }, refused);
    await refusal(region, putParameter, { ...input, Value: imageId }, refused, stranger);
    await refusal(region, putParameter, { ...input, Value: imageId, Type: 'StringList' }, refused);
    await refusal(region, putParameter, { Name: 'golden', Value: 'x', Overwrite: true }, refused);
  });

  test.each([
    [{ Name: '/aws/service/x' }, 'AccessDeniedException'],
    [{ Name: 'aws' }, 'AccessDeniedException'],
    [{ Name: '/ssm/x' }, 'ValidationException'],
    [{ Name: 'a/b' }, 'ValidationException'],
    [{ Name: '/a//b' }, 'ValidationException'],
    [{ Name: 'a b' }, 'ValidationException'],
    [{ Name: `${'/a'.repeat(16)}` }, 'ValidationException'],
    [{ Value: '' }, 'ValidationException'],
    [{ Value: 'x'.repeat(4097) }, 'ValidationException'],
    [{ Type: undefined }, 'ValidationException'],
    [{ Type: 'SecureString' }, 'UnsupportedParameterType'],
    [{ Type: 'Number' }, 'ValidationException'],
    [{ DataType: 'aws:ssm:integration' }, 'ValidationException'],
    [{ Tier: 'Advanced' }, 'ValidationException'],
    [{ AllowedPattern: '.*' }, 'ValidationException'],
    [{ Tags: [{ Key: 'a', Value: 'b' }] }, 'ValidationException'],
  ])('of %j is refused as %s', async (input, code) => {
    await refusal(region, putParameter, { Name: '/a', Value: 'x', Type: 'String', ...input }, { code });
    expect(await region.records.read.parameters.list()).toEqual([]);
  });
});

describe('many parameters', () => {
  test('are read by name, and those that are not there are named', async () => {
    await put('/a', '1');
    await put('b', '2');
    const answer = await region.call<Answer>(getParameters, { Names: ['/a', 'b:1', 'c', 'b:9', '/a'] });
    expect(answer.Parameters.map(one => one.Value)).toEqual(['1', '2']);
    expect(answer.InvalidParameters).toEqual(['c', 'b:9']);
    const refused = { code: 'ValidationException' };
    await refusal(region, getParameters, { Names: [] }, refused);
    await refusal(region, getParameters, { Names: [...'abcdefghijk'] }, refused);
  });

  test('are read by their path, its children or all below, page by page', async () => {
    for (const name of ['/a/1', '/a/2', '/a/b/3', '/ab/4', 'a']) await put(name, 'x');
    expect(await namesUnder({ Path: '/a' })).toEqual(['/a/1', '/a/2']);
    expect(await namesUnder({ Path: '/a/', Recursive: true })).toEqual(['/a/1', '/a/2', '/a/b/3']);
    expect(await namesUnder({ Path: '/', Recursive: true })).toHaveLength(4);
    expect(await namesUnder({ Path: '/nothing' })).toEqual([]);
    const first = await byPath({ Path: '/a', MaxResults: 1 });
    expect(await namesUnder({ Path: '/a', MaxResults: 1, NextToken: first.NextToken })).toEqual(['/a/2']);
    const NextToken = first.NextToken;
    await refusal(region, getParametersByPath, { Path: '/', NextToken }, { code: 'InvalidNextToken' });
    await refusal(region, getParametersByPath, { Path: 'a' }, { code: 'ValidationException' });
    await refusal(
      region,
      getParametersByPath,
      { Path: '/', MaxResults: 11 },
      { code: 'InvalidParameterValue' },
    );
    const filters = { Path: '/', ParameterFilters: [{ Key: 'Type' }] };
    await refusal(region, getParametersByPath, filters, { code: 'ValidationException' });
  });
});

describe('a public parameter', () => {
  const everybody = { ownerId: amazon, launchPermissions: [{ group: 'all' as const }] };
  const old = 'ami-00000000000000001';
  const young = 'ami-00000000000000002';
  const name = '/aws/service/amity/tiny/latest/image_id';

  test('names the newest of Amazon’s public images, as they come and go', async () => {
    await refusal(region, getParameter, { Name: name }, missing);
    await putImage(region, { imageId: old, name: 'tiny-20260101', ...everybody });
    expect(await get(name)).toMatchObject({
      ...{ Value: old, Type: 'String', DataType: 'aws:ec2:image' },
      ARN: `arn:aws:ssm:us-east-1::parameter${name}`,
    });
    const creationDate = '2026-05-10T13:10:00.000Z';
    await putImage(region, { imageId: young, name: 'tiny-20260510', creationDate, ...everybody });
    expect(await get(name)).toMatchObject({ Value: young });
    expect(await get(`arn:aws:ssm:us-east-1::parameter${name}`)).toMatchObject({ Value: young });
    expect(await get(`${name}:1778418000`)).toMatchObject({ Value: old, Version: 1778418000 });
    await putImage(region, { imageId: young, name: 'tiny-20260510', ...everybody, state: 'disabled' });
    expect(await get(name)).toMatchObject({ Value: old });
    await putImage(region, { imageId: old, name: 'tiny-20260101', ...everybody, launchPermissions: [] });
    await refusal(region, getParameter, { Name: name }, missing);
  });

  test('is of no other account’s image', async () => {
    await putImage(region, { imageId: old, name: 'tiny', ...everybody, ownerId: stranger });
    await refusal(region, getParameter, { Name: name }, missing);
  });

  test('is listed under its path, by itself or for all', async () => {
    await putImage(region, { imageId: old, name: 'debian-12', ...everybody });
    const debian = [
      '/aws/service/debian/release/12/latest/amd64',
      '/aws/service/debian/release/bookworm/latest/amd64',
    ];
    expect(await namesUnder({ Path: '/aws/service/debian', Recursive: true })).toEqual(debian);
    expect(await namesUnder({ Path: '/aws/service/debian/release/12/latest' })).toEqual([debian[0]]);
    expect(await namesUnder({ Path: '/aws/service', Recursive: true })).toHaveLength(3);
    expect(await namesUnder({ Path: '/', Recursive: true })).toEqual([]);
  });
});
