/** Which deleted snapshots and images an account keeps in its Recycle Bin. https://docs.aws.amazon.com/ebs/latest/userguide/recycle-bin.html */
import { rbinValidation, ruleConflict } from './rbin-errors.ts';
import type { Tags } from './tags.ts';

export type RecycledType = 'EBS_SNAPSHOT' | 'EC2_IMAGE';

/** A tag by which a rule includes or excludes resources; without a value any will do. */
export interface ResourceTag {
  key: string;
  value?: string;
}

export interface RetentionRule {
  identifier: string;
  ownerId: string;
  resourceType: RecycledType;
  description?: string;
  retentionDays: number;
  /** None: a Region-level rule, for every resource of its type without an excluded tag. */
  resourceTags: readonly ResourceTag[];
  excludeResourceTags: readonly ResourceTag[];
  lock?: RuleLock;
  tags: Tags;
}

export interface RuleLock {
  /** Days between UnlockRule and the moment the rule can be changed again. */
  unlockDelay: number;
  /** Set by UnlockRule. */
  endTime?: string;
}

export type RuleLockState = 'locked' | 'pending_unlock' | 'unlocked';

const day = 24 * 3_600_000;

export function isRegionLevel({ resourceTags }: Pick<RetentionRule, 'resourceTags'>): boolean {
  return resourceTags.length === 0;
}

function hasAny(tags: Tags, wanted: readonly ResourceTag[]): boolean {
  return wanted.some(({ key, value }) => Object.hasOwn(tags, key) && (value ?? tags[key]) === tags[key]);
}

function retains(rule: RetentionRule, tags: Tags): boolean {
  return isRegionLevel(rule) ? !hasAny(tags, rule.excludeResourceTags) : hasAny(tags, rule.resourceTags);
}

/**
 * Until when a resource with these tags stays in the bin if it is deleted now, by the longest of its owner's rules for its
 * type; undefined where none is for it.
 */
export function retainedUntil(rules: readonly RetentionRule[], tags: Tags, now: Date): Date | undefined {
  const days = rules.filter(rule => retains(rule, tags)).map(rule => rule.retentionDays);
  return days.length > 0 ? new Date(now.getTime() + Math.max(...days) * day) : undefined;
}

export function ruleLockState({ lock }: Pick<RetentionRule, 'lock'>, now: Date): RuleLockState {
  if (!lock) return 'unlocked';
  if (lock.endTime === undefined) return 'locked';
  return now.getTime() < Date.parse(lock.endTime) ? 'pending_unlock' : 'unlocked';
}

/** A rule can be changed and deleted once its unlock delay is over. @throws ConflictException */
export function checkUnlocked(rule: RetentionRule, now: Date): void {
  const state = ruleLockState(rule, now);
  if (state === 'locked') throw ruleConflict(rule.identifier, 'is locked.');
  if (state === 'pending_unlock')
    throw ruleConflict(rule.identifier, `is locked until ${rule.lock!.endTime}.`);
}

/** @throws ConflictException for one that is locked, ValidationException for a tag-level rule */
export function withLock(rule: RetentionRule, unlockDelay: number, now: Date): RetentionRule {
  if (!isRegionLevel(rule)) throw rbinValidation('Only Region-level retention rules can be locked.');
  if (ruleLockState(rule, now) === 'locked') throw ruleConflict(rule.identifier, 'is locked already.');
  return { ...rule, lock: { unlockDelay } };
}

/** The rule stays locked for its unlock delay. @throws ConflictException for one that is not locked */
export function withUnlock(rule: RetentionRule, now: Date): RetentionRule {
  if (!rule.lock || ruleLockState(rule, now) !== 'locked')
    throw ruleConflict(rule.identifier, 'is not locked.');
  const endTime = new Date(now.getTime() + rule.lock.unlockDelay * day).toISOString();
  return { ...rule, lock: { ...rule.lock, endTime } };
}
