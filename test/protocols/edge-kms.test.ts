import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/operations/context.ts';
import { regionCollections } from '../../src/stores/records/collections.ts';
import { memoryDatabase } from '../../src/stores/records/memory.ts';
import { clientOptions, options, send, signer, unsigned, useToyEdge } from './toy-edge.ts';

const records = memoryDatabase(regionCollections);
const toyContext = options.contextFor;
Object.assign(options, {
  contextFor: (...args: Parameters<typeof toyContext>) => {
    const context = toyContext(...args);
    return context && ({ ...context, records, now: () => new Date('2026-05-10T13:17:12.000Z') } as Context);
  },
});
useToyEdge();

const type = 'application/x-amz-json-1.1';

/** Calls an action as the AWS tools do. */
async function call(action: string, body: string | object, change: object = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': type, 'x-amz-target': `TrentService.${action}`, ...change };
  const signed = await signer('kms').sign({ ...unsigned('POST', '/', headers), body: text });
  return answerOf(await send('POST', '/', signed.headers, Buffer.from(text)));
}

function answerOf({ status, headers, text }: Awaited<ReturnType<typeof send>>) {
  return { status, type: headers['content-type'], json: text ? JSON.parse(text) : undefined };
}

describe('KMS', () => {
  it('answers JSON with times in seconds, and nothing where an action has no result', async () => {
    const made = await call('CreateKey', { Description: 'é', Tags: [{ TagKey: 'a', TagValue: 'b' }] });
    expect(made).toMatchObject({ status: 200, type });
    const { KeyMetadata } = made.json;
    expect(KeyMetadata).toMatchObject({ Description: 'é', Enabled: true, CreationDate: 1778419032 });
    expect(KeyMetadata.Arn).toBe(`arn:aws:kms:us-east-1:111122223333:key/${KeyMetadata.KeyId}`);
    expect(KeyMetadata).not.toHaveProperty('DeletionDate');
    const alias = { AliasName: 'alias/a', TargetKeyId: KeyMetadata.KeyId };
    expect(await call('CreateAlias', alias)).toEqual({ status: 200, type, json: undefined });
    expect((await call('DescribeKey', { KeyId: 'alias/a' })).json).toEqual({ KeyMetadata });
    expect((await call('ListKeys', '')).json).toEqual({
      Keys: [{ KeyId: KeyMetadata.KeyId, KeyArn: KeyMetadata.Arn }],
      Truncated: false,
    });
    const scheduled = await call('ScheduleKeyDeletion', { KeyId: KeyMetadata.KeyId, PendingWindowInDays: 7 });
    expect(scheduled.json).toMatchObject({
      DeletionDate: 1778419032 + 7 * 86_400,
      KeyState: 'PendingDeletion',
    });
  });

  it.each([
    ['DescribeKey', { KeyId: 'nobody' }, 'NotFoundException'],
    ['DescribeKey', {}, 'ValidationException'],
    ['DescribeKey', { KeyId: 7 }, 'ValidationException'],
    ['DescribeKey', [], 'ValidationException'],
    ['DescribeKey', '{', 'SerializationException'],
    ['CreateKey', { Tags: [{ TagKey: 'a' }] }, 'ValidationException'],
    ['CreateKey', { KeyUsage: 'SIGN_VERIFY' }, 'UnsupportedOperationException'],
    ['CreateAlias', { AliasName: 'x', TargetKeyId: 'y' }, 'InvalidAliasNameException'],
    ['ListKeys', { Marker: 'x' }, 'InvalidMarkerException'],
    ['Decrypt', { CiphertextBlob: '' }, 'UnknownOperationException'],
    ['__proto__', {}, 'UnknownOperationException'],
  ])('refuses %s of %j as %s', async (action, body, code) => {
    expect(await call(action, body)).toEqual({
      status: 400,
      type,
      json: { __type: code, message: expect.any(String) },
    });
  });

  it('refuses targets of other services, and other methods', async () => {
    const foreign = await call('ListKeys', {}, { 'x-amz-target': 'DynamoDB_20120810.ListKeys' });
    expect(foreign.json.__type).toBe('UnknownOperationException');
    const headers = { 'x-amz-target': 'TrentService.ListKeys' };
    const signed = await signer('kms').sign(unsigned('GET', '/', headers));
    const got = answerOf(await send('GET', '/', signed.headers));
    expect(got).toMatchObject({ status: 400, json: { __type: 'UnknownOperationException' } });
  });

  it('refuses signatures in its own words', async () => {
    const headers = { 'x-amz-target': 'TrentService.ListKeys', host: new URL(clientOptions().endpoint).host };
    const none = answerOf(await send('POST', '/', headers));
    expect(none).toMatchObject({ status: 400, json: { __type: 'MissingAuthenticationTokenException' } });
    const signed = await signer('kms').sign({ ...unsigned('POST', '/', headers), body: '{}' });
    const changed = answerOf(await send('POST', '/', signed.headers, Buffer.from('{ }')));
    expect(changed).toMatchObject({ status: 400, json: { __type: 'InvalidSignatureException' } });
    const authorization = signed.headers.authorization!.replace('AKIAEDGE', 'AKIANOBODY');
    const unknown = answerOf(
      await send('POST', '/', { ...signed.headers, authorization }, Buffer.from('{}')),
    );
    expect(unknown).toMatchObject({ status: 400, json: { __type: 'UnrecognizedClientException' } });
  });
});
