import type { Snapshot } from './snapshot.ts';

type Shared = Pick<Snapshot, 'ownerId' | 'createVolumePermissions' | 'publicAccessBlocked'>;

/** Everybody may create volumes from it: shared with `all`, and its owner does not block all public sharing. */
export function isPublicSnapshot(snapshot: Omit<Shared, 'ownerId'>): boolean {
  return snapshot.createVolumePermissions.includes('all') && !snapshot.publicAccessBlocked;
}

/** Whether the account may see the snapshot and create volumes from it (spec C.14). */
export function canSeeSnapshot(snapshot: Shared, accountId: string): boolean {
  return (
    snapshot.ownerId === accountId ||
    isPublicSnapshot(snapshot) ||
    snapshot.createVolumePermissions.includes(accountId)
  );
}
