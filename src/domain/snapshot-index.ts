/** Where a snapshot is found in the records: as `image-index.ts` for images. */
import type { KeyRange } from './key-range.ts';
import type { Snapshot } from './snapshot.ts';
import { isPublicSnapshot } from './snapshot-visibility.ts';

const everybody = 'public';
const grantedTo = (grantee: string) => `grant/${grantee}`;
const from = (audience: string, ownerId: string) => `${audience}/of/${ownerId}`;
const own = (ownerId: string) => `owner/${ownerId}`;

/** Every key under which the snapshot is found. */
export function snapshotIndexKeys(snapshot: Snapshot): string[] {
  const { ownerId, createVolumePermissions } = snapshot;
  const grantees = createVolumePermissions.filter(grantee => grantee !== 'all');
  const audiences = [...(isPublicSnapshot(snapshot) ? [everybody] : []), ...grantees.map(grantedTo)];
  return [own(ownerId), ...audiences.flatMap(audience => [audience, from(audience, ownerId)])];
}

/** Snapshots in the order of listings: by start. */
export function snapshotPlace({ startTime, snapshotId }: Pick<Snapshot, 'startTime' | 'snapshotId'>): string {
  return `${startTime}/${snapshotId}`;
}

/** Which snapshots a listing is about. */
export interface SnapshotScope {
  accountId: string;
  /** Only of these owners. */
  owners: readonly string[] | undefined;
  /** Only what one of these may make volumes of: `all`, the account itself, or another one (of the account's own). */
  restorableBy: readonly string[];
}

/** Where the snapshots of a scope are: every one of them is in a range, and few others are. */
export function snapshotRanges({ accountId, owners, restorableBy }: SnapshotScope): KeyRange[] {
  const shared = (audience: string) => owners?.map(owner => from(audience, owner)) ?? [audience];
  const ownKeys = (key: string) => (!owners || owners.includes(accountId) ? [key] : []);
  const users = restorableBy.length > 0 ? restorableBy : [accountId, 'all'];
  const keys = users.flatMap(user => {
    if (user === 'all') return shared(everybody);
    if (user === accountId) return [...ownKeys(own(accountId)), ...shared(grantedTo(accountId))];
    return ownKeys(from(grantedTo(user), accountId));
  });
  return [...new Set(keys)].map(key => ({ key }));
}
