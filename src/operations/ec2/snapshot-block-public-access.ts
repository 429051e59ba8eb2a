import type { SnapshotBlockPublicAccess } from '../../domain/account-settings.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { Context } from '../context.ts';

/**
 * Sets the caller's block of public snapshots. Whether the public ones are hidden is written on each of them, so that
 * whoever looks needs to know nothing of their owner.
 */
export async function setSnapshotBlock(context: Context, state: SnapshotBlockPublicAccess): Promise<void> {
  const { accountId } = context.caller;
  await context.records.transaction(async records => {
    const before = await records.accountSettings.get(accountId);
    await records.accountSettings.put({ ...before, accountId, snapshotBlockPublicAccess: state });
    const hidden = state === 'block-all-sharing';
    for (const snapshot of await records.snapshots.list({ ownerId: accountId }))
      if (
        snapshot.createVolumePermissions.includes('all') &&
        Boolean(snapshot.publicAccessBlocked) !== hidden
      )
        await records.snapshots.put(withBlock(snapshot, hidden));
  });
}

function withBlock({ publicAccessBlocked: _, ...snapshot }: Snapshot, hidden: boolean): Snapshot {
  return hidden ? { ...snapshot, publicAccessBlocked: true } : snapshot;
}
