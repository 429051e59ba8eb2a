import type { JobServices } from './services.ts';

/**
 * Forgets a deleted snapshot's manifest once nothing stands on it: neither a volume made from it nor a snapshot that
 * is being stored relative to it.
 */
export async function releaseManifest(services: JobServices, snapshotId: string): Promise<void> {
  const { blocks, records, locks } = services;
  await locks.run('manifests', async () => {
    if (await records.read.snapshots.get(snapshotId)) return;
    if (await records.read.binnedSnapshots.get(snapshotId)) return;
    const volumes = await records.read.volumes.list({ snapshotId });
    if (volumes.some(volume => volume.state !== 'deleted')) return;
    const pending = await records.read.snapshots.list({ state: 'pending' });
    if (pending.some(snapshot => snapshot.parentSnapshotId === snapshotId)) return;
    await blocks.deleteManifest(snapshotId);
  });
}
