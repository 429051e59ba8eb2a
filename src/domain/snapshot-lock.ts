import {
  ApiError,
  invalidParameterCombination,
  invalidParameterValue,
  missingParameter,
  operationNotPermitted,
} from './errors.ts';
import type { Snapshot } from './snapshot.ts';

/** Keeps a snapshot from being deleted; https://docs.aws.amazon.com/ebs/latest/userguide/ebs-snapshot-lock.html */
export interface SnapshotLock {
  mode: 'governance' | 'compliance';
  createdOn: string;
  /** Days; counted from the completion of a snapshot that is locked while pending. */
  duration: number;
  /** Given instead of a duration. */
  expiresOn?: string;
  /** Hours in which a compliance lock may still be changed. */
  coolOffPeriod?: number;
}

export type LockState = 'compliance-cooloff' | 'governance' | 'compliance' | 'expired';

export interface LockRequest {
  LockMode?: string;
  LockDuration?: number;
  ExpirationDate?: Date;
  CoolOffPeriod?: number;
}

type Lockable = Pick<Snapshot, 'snapshotId' | 'state' | 'completionTime' | 'lock'>;

const hour = 3_600_000;
const day = 24 * hour;

/** When a lock's time began and ends; neither is known while the snapshot is pending, unless its end was given. */
export interface LockTimes {
  start?: Date;
  end?: Date;
  coolOffEnd?: Date;
}

export function lockTimes(lock: SnapshotLock, { state, completionTime }: Omit<Lockable, 'lock'>): LockTimes {
  const created = Date.parse(lock.createdOn);
  const start =
    state === 'pending'
      ? undefined
      : new Date(Math.max(created, Date.parse(completionTime ?? lock.createdOn)));
  const end = lock.expiresOn
    ? new Date(lock.expiresOn)
    : start && new Date(start.getTime() + lock.duration * day);
  return {
    ...(start && { start }),
    ...(end && { end }),
    ...(lock.coolOffPeriod && { coolOffEnd: new Date(created + lock.coolOffPeriod * hour) }),
  };
}

/** Undefined for a snapshot that has never been locked, or was unlocked. */
export function lockState(snapshot: Lockable, now: Date): LockState | undefined {
  const { lock } = snapshot;
  if (!lock) return undefined;
  const { end, coolOffEnd } = lockTimes(lock, snapshot);
  if (end && end.getTime() <= now.getTime()) return 'expired';
  if (lock.mode === 'governance') return 'governance';
  return coolOffEnd && now.getTime() < coolOffEnd.getTime() ? 'compliance-cooloff' : 'compliance';
}

/**
 * The lock a snapshot gets. Once a compliance lock holds, its time can only be prolonged.
 * @throws MissingParameter, InvalidParameterCombination, InvalidParameterValue, OperationNotPermitted
 */
export function settleLock(snapshot: Lockable, request: LockRequest, now: Date): SnapshotLock {
  const mode = modeOf(request.LockMode);
  const { LockDuration: duration, ExpirationDate: expiration, CoolOffPeriod: coolOffPeriod } = request;
  if ((duration === undefined) === (expiration === undefined))
    throw invalidParameterCombination('Specify either LockDuration or ExpirationDate.');
  checkRange('LockDuration', duration, 1, 36_500);
  checkRange('CoolOffPeriod', coolOffPeriod, 1, 72);
  if (mode === 'governance' && coolOffPeriod !== undefined)
    throw invalidParameterCombination('CoolOffPeriod cannot be specified with the lock mode governance.');
  if (expiration && !(expiration.getTime() >= now.getTime() + day))
    throw invalidParameterValue('ExpirationDate must be at least one day in the future.');

  const lock: SnapshotLock = {
    mode,
    createdOn: now.toISOString(),
    duration: duration ?? Math.ceil((expiration!.getTime() - now.getTime()) / day),
    ...(expiration && { expiresOn: expiration.toISOString() }),
    ...(coolOffPeriod && { coolOffPeriod }),
  };
  checkRange('ExpirationDate', lock.duration, 1, 36_500);
  if (lockState(snapshot, now) === 'compliance') checkProlonged(snapshot, lock);
  return lock;
}

function modeOf(mode: string | undefined): SnapshotLock['mode'] {
  if (!mode) throw missingParameter('LockMode');
  if (mode === 'governance' || mode === 'compliance') return mode;
  throw invalidParameterValue(
    `Value (${mode}) for parameter LockMode is invalid. Expecting governance or compliance.`,
  );
}

function checkRange(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw invalidParameterValue(
    `Value (${value}) for parameter ${name} is invalid. Expecting ${least} to ${most}.`,
  );
}

function checkProlonged(snapshot: Lockable, lock: SnapshotLock): void {
  const refuse = (why: string) =>
    operationNotPermitted(`The snapshot '${snapshot.snapshotId}' is locked in compliance mode: ${why}`);
  if (lock.mode !== 'compliance') throw refuse('the lock mode cannot be changed.');
  if (lock.coolOffPeriod !== undefined) throw refuse('its cooling-off period is over.');
  const before = lockTimes(snapshot.lock!, snapshot).end;
  const after = lockTimes(lock, snapshot).end;
  const shorter = before && after ? after < before : lock.duration < snapshot.lock!.duration;
  if (shorter) throw refuse('the lock duration can only be increased.');
}

/** @throws OperationNotPermitted for a compliance lock that holds, IncorrectState where there is none */
export function checkUnlockable(snapshot: Lockable, now: Date): void {
  const state = lockState(snapshot, now);
  if (state === undefined)
    throw new ApiError('IncorrectState', `The snapshot '${snapshot.snapshotId}' is not locked.`);
  if (state === 'compliance')
    throw operationNotPermitted(
      `The snapshot '${snapshot.snapshotId}' is locked in compliance mode and cannot be unlocked.`,
    );
}

/** A lock of any kind that has not expired, the cooling-off period included. */
export function isLocked(snapshot: Lockable, now: Date): boolean {
  const state = lockState(snapshot, now);
  return state !== undefined && state !== 'expired';
}
