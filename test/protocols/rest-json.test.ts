import { describe, expect, it } from 'vitest';
import { ApiError, internalError, invalidParameterValue } from '../../src/domain/errors.ts';
import { loadModel } from '../../src/protocols/model.ts';
import { restJson } from '../../src/protocols/rest-json.ts';
import type { WireRequest } from '../../src/protocols/wire.ts';

const model = loadModel('ebs');
const protocol = restJson(model);
const served = new Set(model.actions);

function request(
  method: string,
  url: string,
  body: string | Buffer = '',
  headers: Record<string, string> = {},
): WireRequest {
  const [path, query = ''] = url.split('?') as [string, string?];
  return {
    method,
    path,
    query,
    headers: new Map(Object.entries(headers)),
    body: Buffer.from(body as string),
  };
}

function refused(wire: WireRequest): string {
  try {
    protocol.open(wire, served).input();
  } catch (error) {
    if (error instanceof ApiError) return `${error.status} ${error.code}: ${error.message}`;
    throw error;
  }
  return 'not refused';
}

describe('routes', () => {
  it.each([
    ['POST', '/snapshots', 'StartSnapshot'],
    ['POST', '/snapshots/completion/snap-1', 'CompleteSnapshot'],
    ['PUT', '/snapshots/snap-1/blocks/7', 'PutSnapshotBlock'],
    ['GET', '/snapshots/snap-1/blocks/7', 'GetSnapshotBlock'],
    ['GET', '/snapshots/snap-1/blocks', 'ListSnapshotBlocks'],
    ['GET', '/snapshots/snap-1/changedblocks', 'ListChangedBlocks'],
  ])('%s %s is %s', (method, path, action) => {
    expect(protocol.open(request(method, path), served).action).toBe(action);
  });

  it.each(['/', '/snapshots/', '/snapshots//blocks', '/snapshots/%ff/blocks', '/Snapshots/snap-1/blocks'])(
    'know no %s',
    path => {
      expect(refused(request('GET', path))).toMatch(/^404 UnknownOperationException/);
    },
  );
});

describe('input', () => {
  it('comes from path, query, headers and body', () => {
    const headers = {
      'x-amz-data-length': '5',
      'x-amz-checksum': 'abc=',
      'x-amz-checksum-algorithm': 'SHA256',
    };
    expect(
      protocol.open(request('PUT', '/snapshots/snap%2D1/blocks/7', 'hello', headers), served).input(),
    ).toEqual({
      SnapshotId: 'snap-1',
      BlockIndex: 7,
      DataLength: 5,
      Checksum: 'abc=',
      ChecksumAlgorithm: 'SHA256',
      BlockData: Buffer.from('hello'),
    });
    const list = request(
      'GET',
      '/snapshots/snap-2/changedblocks?firstSnapshotId=snap-1&maxResults=100&pageToken=a%2Bb+c',
    );
    expect(protocol.open(list, served).input()).toEqual({
      SecondSnapshotId: 'snap-2',
      FirstSnapshotId: 'snap-1',
      MaxResults: 100,
      NextToken: 'a+b c',
    });
  });

  it('ignores JSON members the model does not know, and takes null for absent', () => {
    const body = '{"VolumeSize":1,"__proto__":{"x":1},"constructor":1,"Description":null,"New":[]}';
    expect(protocol.open(request('POST', '/snapshots', body), served).input()).toEqual({ VolumeSize: 1 });
  });

  it.each([
    ['', 'ValidationException: The request must contain VolumeSize'],
    ['[]', 'ValidationException: The value of the body is invalid: expecting a structure'],
    ['{', 'SerializationException: The body is not valid JSON'],
    ['{"VolumeSize":"1"}', 'ValidationException: The value of VolumeSize is invalid: expecting an integer'],
    ['{"VolumeSize":1.5}', 'ValidationException: The value of VolumeSize is invalid: expecting an integer'],
    ['{"VolumeSize":1e300}', 'ValidationException: The value of VolumeSize is invalid: expecting an integer'],
    [
      '{"VolumeSize":1,"Encrypted":"true"}',
      'ValidationException: The value of Encrypted is invalid: expecting true or false',
    ],
    ['{"VolumeSize":1,"Tags":{}}', 'ValidationException: The value of Tags is invalid: expecting a list'],
    [
      '{"VolumeSize":1,"Tags":[[]]}',
      'ValidationException: The value of Tags is invalid: expecting a structure',
    ],
    [
      '{"VolumeSize":1,"Description":"\\u0000"}',
      'ValidationException: The value of Description is invalid: expecting a string',
    ],
    [`${'['.repeat(100_000)}`, 'SerializationException: The body is not valid JSON'],
  ])('of the body %.40s is refused', (body, expected) => {
    expect(refused(request('POST', '/snapshots', body))).toBe(`400 ${expected}`);
  });

  it.each([
    ['/snapshots/snap-1/blocks/-?blockToken=t', 'The value of BlockIndex is invalid: expecting an integer'],
    ['/snapshots/snap-1/blocks/1', 'The request must contain blockToken'],
    ['/snapshots/snap-1/blocks/1?blockToken=a&blockToken=b', 'The query string repeats a parameter'],
    ['/snapshots/snap-1/blocks/1?blockToken=%ff', 'The query string is malformed'],
  ])('of %s is refused', (url, expected) => {
    expect(refused(request('GET', url))).toBe(`400 ValidationException: ${expected}`);
  });
});

describe('errors', () => {
  it.each([
    [internalError(), 'InternalServerException', 500],
    [invalidParameterValue('bad'), 'ValidationException', 400],
    [new ApiError('ConflictException', 'again'), 'ConflictException', 409],
    [new ApiError('SomethingElse', 'odd', 418), 'SomethingElse', 418],
  ])('%s are told by type, with the status of the model', (error, type, status) => {
    const response = protocol.refuse(error, 'id-1');
    expect(response).toMatchObject({ status, headers: { 'x-amzn-errortype': type } });
    expect(JSON.parse(String(response.body))).toEqual({ Message: error.message, RequestId: 'id-1' });
  });
});
