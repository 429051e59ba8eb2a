import { keyInvalidState, kmsUnsupported, kmsValidation } from './kms-errors.ts';
import type { KmsKey } from './kms-key.ts';

/** How the state of a key changes. https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html */

const day = 24 * 3_600_000;

/** @throws KMSInvalidStateException while its deletion is pending */
export function withState(key: KmsKey, state: 'Enabled' | 'Disabled'): KmsKey {
  checkNotPending(key);
  return { ...key, state };
}

/** @param days 7 to 30; 30 unless said @throws ValidationException, KMSInvalidStateException */
export function scheduledForDeletion(key: KmsKey, days: number | undefined, now: Date): KmsKey {
  const window = parseWindow(days);
  checkNotPending(key);
  return {
    ...key,
    state: 'PendingDeletion',
    deletionTime: new Date(now.getTime() + window * day).toISOString(),
  };
}

export function parseWindow(days = 30): number {
  if (!Number.isInteger(days) || days < 7 || days > 30)
    throw kmsValidation('PendingWindowInDays must be between 7 and 30 days inclusive');
  return days;
}

/** The key is disabled, as on AWS: EnableKey makes it usable. @throws KMSInvalidStateException */
export function withDeletionCancelled(key: KmsKey): KmsKey {
  if (key.state !== 'PendingDeletion') throw keyInvalidState(key.arn, 'is not pending deletion.');
  const { deletionTime: _, ...kept } = key;
  return { ...kept, state: 'Disabled' };
}

export function isDueForDeletion({ state, deletionTime }: KmsKey, now: Date): boolean {
  return (
    state === 'PendingDeletion' && deletionTime !== undefined && Date.parse(deletionTime) <= now.getTime()
  );
}

/** @throws KMSInvalidStateException */
export function checkNotPending({ arn, state }: KmsKey): void {
  if (state === 'PendingDeletion') throw keyInvalidState(arn, 'is pending deletion.');
}

/** @throws UnsupportedOperationException for a key that is ours to manage */
export function checkCustomerManaged({ arn, manager }: KmsKey): void {
  if (manager === 'AWS') throw kmsUnsupported(`${arn} is managed by AWS: its state cannot be changed.`);
}
