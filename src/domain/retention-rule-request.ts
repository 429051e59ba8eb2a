/** What requests say of retention rules, checked. https://docs.aws.amazon.com/recyclebin/latest/APIReference/API_CreateRule.html */
import { rbinValidation, ruleQuotaExceeded } from './rbin-errors.ts';
import type { RecycledType, ResourceTag } from './retention-rule.ts';
import type { Tags } from './tags.ts';

interface Period {
  RetentionPeriodValue: number;
  RetentionPeriodUnit: string;
}
interface RequestedResourceTag {
  ResourceTagKey: string;
  ResourceTagValue?: string;
}
interface LockRequest {
  UnlockDelay: { UnlockDelayValue: number; UnlockDelayUnit: string };
}

const mostResourceTags = 50;
const mostExcludedTags = 5;
const mostRuleTags = 50;

/** @throws ValidationException */
export function parseResourceType(type: string): RecycledType {
  if (type === 'EBS_SNAPSHOT' || type === 'EC2_IMAGE') return type;
  if (type === 'EBS_VOLUME')
    throw rbinValidation('Deleted volumes are not retained here: ResourceType is EBS_SNAPSHOT or EC2_IMAGE.');
  throw rbinValidation('ResourceType must be EBS_SNAPSHOT or EC2_IMAGE.');
}

/** In days. @throws ValidationException */
export function parseRetention({ RetentionPeriodValue: days, RetentionPeriodUnit: unit }: Period): number {
  if (unit !== 'DAYS') throw rbinValidation('RetentionPeriodUnit must be DAYS.');
  if (days < 1 || days > 365) throw rbinValidation('RetentionPeriodValue must be between 1 and 365 days.');
  return days;
}

/** In days. @throws ValidationException */
export function parseUnlockDelay({ UnlockDelay }: LockRequest): number {
  const { UnlockDelayValue: days, UnlockDelayUnit: unit } = UnlockDelay;
  if (unit !== 'DAYS') throw rbinValidation('UnlockDelayUnit must be DAYS.');
  if (days < 7 || days > 30) throw rbinValidation('UnlockDelayValue must be between 7 and 30 days.');
  return days;
}

/** @throws ValidationException */
export function parseDescription(text: string | undefined): string | undefined {
  if (text && !/^[\w .,:;!?'"()/+=@\-\p{L}\p{N}]{0,255}$/u.test(text))
    throw rbinValidation('Description must have at most 255 letters, digits, spaces and punctuation marks.');
  return text || undefined;
}

/** @throws ValidationException */
export function parseResourceTags(
  include: readonly RequestedResourceTag[] = [],
  exclude: readonly RequestedResourceTag[] = [],
): { resourceTags: ResourceTag[]; excludeResourceTags: ResourceTag[] } {
  if (include.length > 0 && exclude.length > 0)
    throw rbinValidation(
      'ExcludeResourceTags is for Region-level retention rules: leave it or ResourceTags out.',
    );
  return {
    resourceTags: resourceTags('ResourceTags', include, mostResourceTags),
    excludeResourceTags: resourceTags('ExcludeResourceTags', exclude, mostExcludedTags),
  };
}

function resourceTags(name: string, tags: readonly RequestedResourceTag[], most: number): ResourceTag[] {
  if (tags.length > most) throw rbinValidation(`${name} can have at most ${most} tags.`);
  return tags.map(({ ResourceTagKey: key, ResourceTagValue: value }) => {
    checkTagSize(key, value);
    return { key, ...(value !== undefined && { value }) };
  });
}

/** A rule's own tags, over those it has. @throws ValidationException, ServiceQuotaExceededException */
export function mergeRuleTags(present: Tags, added: readonly { Key: string; Value: string }[] = []): Tags {
  const merged = new Map(Object.entries(present));
  for (const { Key, Value } of added) {
    checkTagSize(Key, Value);
    if (Key.toLowerCase().startsWith('aws:'))
      throw rbinValidation("Tag keys that begin with 'aws:' are reserved.");
    merged.set(Key, Value);
  }
  if (merged.size > mostRuleTags) throw ruleQuotaExceeded(`A rule can have at most ${mostRuleTags} tags.`);
  return Object.fromEntries(merged);
}

function checkTagSize(key: string, value = ''): void {
  if (key.length < 1 || key.length > 127 || value.length > 256)
    throw rbinValidation('A tag key has 1 to 127 characters, its value at most 256.');
}
