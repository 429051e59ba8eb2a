import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/operations/context.ts';
import { regionCollections } from '../../src/stores/records/collections.ts';
import { memoryDatabase } from '../../src/stores/records/memory.ts';
import { options, send, signer, unsigned, useToyEdge } from './toy-edge.ts';

const records = memoryDatabase(regionCollections);
const toyContext = options.contextFor;
Object.assign(options, {
  contextFor: (...args: Parameters<typeof toyContext>) => {
    const context = toyContext(...args);
    const accounts = { get: async () => undefined, byAlias: async () => undefined, aliased: async () => [] };
    const now = () => new Date('2026-05-10T13:17:12.000Z');
    return context && ({ ...context, records, accounts, now } as Context);
  },
});
useToyEdge();

const type = 'application/x-amz-json-1.1';

/** Calls an action as the AWS tools do. */
async function call(action: string, body: string | object) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': type, 'x-amz-target': `AmazonSSM.${action}` };
  const signed = await signer('ssm').sign({ ...unsigned('POST', '/', headers), body: text });
  return answerOf(await send('POST', '/', signed.headers, Buffer.from(text)));
}

function answerOf({ status, headers, text }: Awaited<ReturnType<typeof send>>) {
  return { status, type: headers['content-type'], json: JSON.parse(text) };
}

describe('Systems Manager', () => {
  it('answers JSON with times in seconds', async () => {
    const put = await call('PutParameter', { Name: '/a/b', Value: 'é', Type: 'String' });
    expect(put).toEqual({ status: 200, type, json: { Version: 1, Tier: 'Standard' } });
    const Parameter = {
      ...{ Name: '/a/b', Type: 'String', Value: 'é', Version: 1, LastModifiedDate: 1778419032 },
      ...{ ARN: 'arn:aws:ssm:us-east-1:111122223333:parameter/a/b', DataType: 'text' },
    };
    expect((await call('GetParameter', { Name: '/a/b', WithDecryption: true })).json).toEqual({ Parameter });
    expect((await call('GetParameters', { Names: ['/a/b', 'x'] })).json).toEqual({
      ...{ Parameters: [Parameter], InvalidParameters: ['x'] },
    });
    expect((await call('GetParametersByPath', { Path: '/a' })).json).toEqual({ Parameters: [Parameter] });
    expect((await call('DeleteParameter', { Name: '/a/b' })).json).toEqual({});
  });

  it.each([
    ['GetParameter', { Name: 'nobody' }, 'ParameterNotFound'],
    ['GetParameter', {}, 'ValidationException'],
    ['GetParameters', { Names: 'a' }, 'ValidationException'],
    ['GetParametersByPath', { Path: '/', MaxResults: 99 }, 'ValidationException'],
    ['PutParameter', { Name: '/aws/x', Value: 'x', Type: 'String' }, 'AccessDeniedException'],
    ['PutParameter', '{', 'SerializationException'],
    ['SendCommand', {}, 'UnknownOperationException'],
  ])('refuses %s of %j as %s', async (action, body, code) => {
    expect(await call(action, body)).toEqual({
      ...{ status: 400, type },
      json: { __type: code, message: expect.any(String) },
    });
  });

  it('refuses an unsigned request in its own form', async () => {
    const { headers } = unsigned('POST', '/', {
      'content-type': type,
      'x-amz-target': 'AmazonSSM.GetParameter',
    });
    const answer = answerOf(await send('POST', '/', headers, Buffer.from('{}')));
    expect(answer).toMatchObject({
      status: 400,
      type,
      json: { __type: 'MissingAuthenticationTokenException' },
    });
  });
});
