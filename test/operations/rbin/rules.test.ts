import { beforeEach, describe, expect, test } from 'vitest';
import type { RuleResponse } from '../../../src/operations/rbin/actions.ts';
import { createRule } from '../../../src/operations/rbin/create-rule.ts';
import { deleteRule } from '../../../src/operations/rbin/delete-rule.ts';
import { getRule } from '../../../src/operations/rbin/get-rule.ts';
import { listRules } from '../../../src/operations/rbin/list-rules.ts';
import { listTagsForResource } from '../../../src/operations/rbin/list-tags-for-resource.ts';
import { lockRule } from '../../../src/operations/rbin/lock-rule.ts';
import { tagResource } from '../../../src/operations/rbin/tag-resource.ts';
import { unlockRule } from '../../../src/operations/rbin/unlock-rule.ts';
import { untagResource } from '../../../src/operations/rbin/untag-resource.ts';
import { updateRule } from '../../../src/operations/rbin/update-rule.ts';
import { refusal } from '../../support/refusal.ts';
import { owner, stranger, type TestRegion, testRegion } from '../region.ts';

let region: TestRegion;
beforeEach(() => {
  region = testRegion();
});

const days = (RetentionPeriodValue: number, RetentionPeriodUnit = 'DAYS') => ({
  RetentionPeriod: { RetentionPeriodValue, RetentionPeriodUnit },
});
const delay = (UnlockDelayValue: number, UnlockDelayUnit = 'DAYS') => ({
  LockConfiguration: { UnlockDelay: { UnlockDelayValue, UnlockDelayUnit } },
});
const create = (input: object = {}, account?: string) =>
  region.call<RuleResponse>(createRule, { ResourceType: 'EBS_SNAPSHOT', ...days(7), ...input }, account);
const get = (Identifier: string, account?: string) =>
  region.call<RuleResponse>(getRule, { Identifier }, account);
const list = async (input: object = {}, account?: string) =>
  region.call<{ Rules: RuleResponse[]; NextToken?: string }>(
    listRules,
    { ResourceType: 'EBS_SNAPSHOT', ...input },
    account,
  );
const ids = async (input: object = {}, account?: string) =>
  (await list(input, account)).Rules.map(rule => rule.Identifier);
const later = (n: number) => {
  region.time = new Date(region.time.getTime() + n * 24 * 3_600_000);
};
const a = { ResourceTags: [{ ResourceTagKey: 'a', ResourceTagValue: 'b' }] };

describe('a retention rule', () => {
  test('for a whole Region is made, told, changed, listed and deleted', async () => {
    const ExcludeResourceTags = [{ ResourceTagKey: 'temporary' }];
    const Tags = [{ Key: 'x', Value: 'y' }];
    const made = await create({ Description: 'a week', ExcludeResourceTags, Tags });
    const { Identifier } = made;
    expect(Identifier).toMatch(/^[0-9a-zA-Z]{11}$/);
    const told = {
      ...{ Identifier, Description: 'a week', ResourceType: 'EBS_SNAPSHOT', ...days(7) },
      ...{ ResourceTags: [], ExcludeResourceTags, Status: 'available', LockState: 'unlocked' },
      RuleArn: `arn:aws:rbin:us-east-1:${owner}:rule/${Identifier}`,
    };
    expect(made).toEqual({ ...told, Tags });
    expect(await get(Identifier)).toEqual(told);
    const changed = await region.call<RuleResponse>(updateRule, {
      ...{ Identifier, Description: '', ExcludeResourceTags: [], ...days(365) },
    });
    expect(changed).toMatchObject({ ...days(365), ExcludeResourceTags: [] });
    expect(changed).not.toHaveProperty('Description');
    expect((await list()).Rules).toEqual([
      { Identifier, ...days(365), LockState: 'unlocked', RuleArn: told.RuleArn },
    ]);
    await region.call(deleteRule, { Identifier });
    expect(await ids()).toEqual([]);
    expect(await refusal(get(Identifier))).toEqual([
      'ResourceNotFoundException',
      `The rule '${Identifier}' does not exist.`,
      404,
    ]);
  });

  test('is its account’s own', async () => {
    const { Identifier } = await create();
    for (const operation of [getRule, deleteRule, unlockRule])
      expect((await refusal(region.call(operation, { Identifier }, stranger)))[0]).toBe(
        'ResourceNotFoundException',
      );
    expect(await ids({}, stranger)).toEqual([]);
  });

  test('is listed by type, tags and lock state, page by page', async () => {
    const plain = await create();
    const tagged = await create(a);
    const locked = await create(delay(7));
    await create({ ResourceType: 'EC2_IMAGE' });
    expect(await ids()).toHaveLength(3);
    expect(await ids(a)).toEqual([tagged.Identifier]);
    expect(tagged).not.toHaveProperty('LockState');
    expect(await ids({ LockState: 'locked' })).toEqual([locked.Identifier]);
    expect(await ids({ LockState: 'unlocked' })).toEqual([plain.Identifier]);
    const first = await list({ MaxResults: 2 });
    const second = await list({ MaxResults: 2, NextToken: first.NextToken });
    expect([...first.Rules, ...second.Rules]).toEqual((await list()).Rules);
    expect(second.NextToken).toBeUndefined();
    expect((await refusal(list({ NextToken: 'x' })))[0]).toBe('ValidationException');
  });

  test('that is locked stays as it is until its delay after UnlockRule is over', async () => {
    const { Identifier } = await create();
    const lock = (n = 7) => region.call<RuleResponse>(lockRule, { Identifier, ...delay(n) });
    expect(await lock()).toMatchObject({ LockState: 'locked', ...delay(7) });
    const change = () => region.call(updateRule, { Identifier, ...days(1) });
    const conflict = ['ConflictException', `The rule '${Identifier}' is locked.`, 409];
    expect(await refusal(change())).toEqual(conflict);
    expect(await refusal(region.call(deleteRule, { Identifier }))).toEqual(conflict);
    expect((await refusal(lock()))[0]).toBe('ConflictException');
    const LockEndTime = new Date(region.time.getTime() + 7 * 24 * 3_600_000);
    const unlocked = await region.call<RuleResponse>(unlockRule, { Identifier });
    expect(unlocked).toMatchObject({ LockState: 'pending_unlock', LockEndTime });
    expect((await refusal(region.call(unlockRule, { Identifier })))[0]).toBe('ConflictException');
    later(6.9);
    expect((await refusal(change()))[1]).toContain(LockEndTime.toISOString());
    later(0.1);
    await change();
    const now = await get(Identifier);
    expect(now.LockState).toBe('unlocked');
    expect(now).not.toHaveProperty('LockConfiguration');
    expect(now).not.toHaveProperty('LockEndTime');
  });

  test('has tags of its own', async () => {
    const { RuleArn: ResourceArn, Identifier } = await create();
    const tags = () => region.call(listTagsForResource, { ResourceArn });
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ];
    await region.call(tagResource, { ResourceArn, Tags });
    expect(await tags()).toEqual({ Tags });
    await region.call(untagResource, { ResourceArn, TagKeys: ['a', 'z'] });
    expect(await tags()).toEqual({ Tags: [Tags[1]] });
    const elsewhere = ResourceArn.replace('us-east-1', 'eu-west-1');
    expect((await refusal(region.call(listTagsForResource, { ResourceArn: elsewhere })))[2]).toBe(404);
    expect((await refusal(region.call(listTagsForResource, { ResourceArn: Identifier })))[0]).toBe(
      'ValidationException',
    );
  });

  test('is one of at most 250', async () => {
    const one = await create();
    const rule = (await region.records.read.retentionRules.get(one.Identifier))!;
    await region.records.transaction(async records => {
      for (let n = 1; n < 250; n++) await records.retentionRules.put({ ...rule, identifier: `r${n}` });
    });
    expect((await refusal(create())).slice(0, 1)).toEqual(['ServiceQuotaExceededException']);
  });
});

describe('a request', () => {
  const nothing = ['ValidationException', expect.any(String), 400];

  test.each<[string, object]>([
    ['volumes', { ResourceType: 'EBS_VOLUME' }],
    ['another type', { ResourceType: 'S3' }],
    ['no day', days(0)],
    ['more than a year', days(366)],
    ['weeks', days(1, 'WEEKS')],
    ['tags and excluded tags', { ...a, ExcludeResourceTags: a.ResourceTags }],
    ['six excluded tags', { ExcludeResourceTags: Array(6).fill(a.ResourceTags[0]) }],
    ['51 tags', { ResourceTags: Array(51).fill(a.ResourceTags[0]) }],
    ['a tag without a key', { ResourceTags: [{ ResourceTagKey: '' }] }],
    ['a lock for tags', { ...a, ...delay(7) }],
    ['a lock of six days', delay(6)],
    ['a lock of 31 days', delay(31)],
    ['a reserved tag', { Tags: [{ Key: 'aws:x', Value: '' }] }],
    ['a long description', { Description: 'x'.repeat(256) }],
  ])('for %s is refused', async (_what, input) => {
    expect(await refusal(create(input))).toEqual(nothing);
    expect(await region.records.read.retentionRules.list()).toEqual([]);
  });

  test.each<[string, object, object]>([
    ['to another type', {}, { ResourceType: 'EC2_IMAGE' }],
    ['from a Region to tags', {}, a],
    ['from tags to a Region', a, { ResourceTags: [] }],
    ['of tags to leave some out', a, { ExcludeResourceTags: a.ResourceTags }],
  ])('that changes a rule %s is refused', async (_what, before, change) => {
    const { Identifier } = await create(before);
    expect(await refusal(region.call(updateRule, { Identifier, ...change }))).toEqual(nothing);
  });

  test('that names no rule is refused', async () => {
    expect(await refusal(get('x'))).toEqual(nothing);
    expect(await refusal(region.call(lockRule, { Identifier: 'x', ...delay(7) }))).toEqual(nothing);
    const { Identifier } = await create(a);
    expect(await refusal(region.call(lockRule, { Identifier, ...delay(7) }))).toEqual(nothing);
  });
});
