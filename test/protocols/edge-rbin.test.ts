import { beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/operations/context.ts';
import { regionCollections } from '../../src/stores/records/collections.ts';
import { memoryDatabase } from '../../src/stores/records/memory.ts';
import { caller, options, send, signer, unsigned, useToyEdge } from './toy-edge.ts';

let context: Context;
beforeEach(() => {
  const records = memoryDatabase(regionCollections);
  const region = { name: 'us-east-1' };
  context = { caller, region, records, now: () => new Date('2026-05-10T13:17:12Z') } as unknown as Context;
});
Object.assign(options, { contextFor: () => context });
useToyEdge();

/** As a client of the Recycle Bin signs and sends it: JSON, paths and queries of its own. */
async function call(method: string, path: string, body?: object | string, query: [string, string][] = []) {
  const text = typeof body === 'string' ? body : body ? JSON.stringify(body) : '';
  const type: Record<string, string> = text ? { 'content-type': 'application/json' } : {};
  const lists: Record<string, string[]> = {};
  for (const [name, value] of query) lists[name] = [...(lists[name] ?? []), value];
  const request = { ...unsigned(method, path, type), query: lists, body: text };
  const signed = await signer('rbin').sign(request);
  const search = query.map(pair => pair.map(encodeURIComponent).join('=')).join('&');
  const answer = await send(method, search ? `${path}?${search}` : path, signed.headers, Buffer.from(text));
  return {
    status: answer.status,
    error: answer.headers['x-amzn-errortype'],
    json: answer.text ? JSON.parse(answer.text) : undefined,
  };
}

const days = { RetentionPeriodValue: 7, RetentionPeriodUnit: 'DAYS' };

describe('the Recycle Bin', () => {
  it('takes and gives rules at paths of its own, and tags by lists in the query', async () => {
    const rule = { ResourceType: 'EBS_SNAPSHOT', RetentionPeriod: days };
    const made = await call('POST', '/rules', { ...rule, Tags: [{ Key: 'a', Value: 'é' }] });
    expect(made).toMatchObject({ status: 201, json: { ...rule, Status: 'available' } });
    const { Identifier, RuleArn } = made.json;
    const path = `/rules/${Identifier}`;
    const UnlockDelay = { UnlockDelayValue: 7, UnlockDelayUnit: 'DAYS' };
    expect(await call('PATCH', path, { Description: 'x' })).toMatchObject({
      status: 200,
      json: { Description: 'x' },
    });
    await call('PATCH', `${path}/lock`, { LockConfiguration: { UnlockDelay } });
    expect((await call('PATCH', `${path}/unlock`)).json).toMatchObject({
      LockState: 'pending_unlock',
      LockEndTime: Date.parse('2026-05-17T13:17:12Z') / 1000,
    });
    expect((await call('GET', path)).json).toMatchObject({ LockConfiguration: { UnlockDelay } });
    expect((await call('POST', '/list-rules', { ResourceType: 'EBS_SNAPSHOT' })).json).toMatchObject({
      Rules: [{ Identifier }],
    });
    expect(await call('DELETE', path)).toMatchObject({
      status: 409,
      error: 'ConflictException',
      json: { Reason: 'INVALID_RULE_STATE' },
    });

    const tags = `/tags/${encodeURIComponent(RuleArn)}`;
    const Tags = ['b', 'c', 'd'].map(Key => ({ Key, Value: '' }));
    expect(await call('POST', tags, { Tags })).toMatchObject({ status: 201 });
    const keys: [string, string][] = [
      ['tagKeys', 'b'],
      ['tagKeys', 'd'],
    ];
    expect(await call('DELETE', tags, undefined, keys)).toEqual({ status: 204 });
    expect((await call('GET', tags)).json).toEqual({
      Tags: [
        { Key: 'a', Value: 'é' },
        { Key: 'c', Value: '' },
      ],
    });
  });

  it('deletes with an empty answer', async () => {
    const { json } = await call('POST', '/rules', { ResourceType: 'EC2_IMAGE', RetentionPeriod: days });
    expect(await call('DELETE', `/rules/${json.Identifier}`)).toEqual({ status: 204 });
    expect(await call('GET', `/rules/${json.Identifier}`)).toMatchObject({
      status: 404,
      error: 'ResourceNotFoundException',
      json: { Reason: 'RULE_NOT_FOUND' },
    });
  });

  it.each<[string, string, object | string | undefined, number, string]>([
    ['POST', '/rules', {}, 400, 'ValidationException'],
    ['POST', '/rules', { ResourceType: 7, RetentionPeriod: days }, 400, 'ValidationException'],
    ['POST', '/rules', { ResourceType: 'EC2_IMAGE', RetentionPeriod: {} }, 400, 'ValidationException'],
    ['POST', '/rules', '{', 400, 'SerializationException'],
    ['DELETE', '/tags/x', undefined, 400, 'ValidationException'],
    ['GET', '/rules/..%2f', undefined, 400, 'ValidationException'],
    ['PUT', '/rules', undefined, 404, 'UnknownOperationException'],
  ])('refuses %s %s of %j', async (method, path, body, status, error) => {
    expect(await call(method, path, body)).toMatchObject({ status, error });
  });
});
