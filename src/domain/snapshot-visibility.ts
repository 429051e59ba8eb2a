import type { Snapshot } from './snapshot.ts';

type Shared = Pick<Snapshot, 'ownerId' | 'createVolumePermissions'>;

/** Whether the account may see the snapshot and create volumes from it (spec C.14). */
export function canSeeSnapshot(snapshot: Shared, accountId: string): boolean {
  return (
    snapshot.ownerId === accountId ||
    snapshot.createVolumePermissions.includes('all') ||
    snapshot.createVolumePermissions.includes(accountId)
  );
}
