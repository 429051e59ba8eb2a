import type { Snapshot } from './snapshot.ts';

/** An upload nothing was put to for its timeout has failed, whether or not anybody noticed yet (spec B.4). */
export function hasUploadExpired(snapshot: Pick<Snapshot, 'state' | 'upload'>, now: Date): boolean {
  return (
    snapshot.state === 'pending' &&
    snapshot.upload !== undefined &&
    Date.parse(snapshot.upload.expiresAt) <= now.getTime()
  );
}

export const uploadTimedOut = {
  code: 'Client.WriteRequestTimeout',
  message: 'The snapshot was not completed within its timeout.',
};

/** The snapshot as it is at `now`: in error once its upload has expired. */
export function snapshotAt(snapshot: Snapshot, now: Date): Snapshot {
  return hasUploadExpired(snapshot, now)
    ? { ...snapshot, state: 'error', stateReason: uploadTimedOut }
    : snapshot;
}

export function uploadExpiry(now: Date, timeoutMinutes: number): string {
  return new Date(now.getTime() + timeoutMinutes * 60_000).toISOString();
}
