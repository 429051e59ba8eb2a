import { defaultKeyDomain } from '../domain/key-domain.ts';
import type { ManifestSummary } from '../domain/manifest.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { manifestSummary } from '../stores/blocks/block-store.ts';
import { PermanentFailure } from './job.ts';
import type { JobServices } from './services.ts';

/**
 * Gives a copy its blocks and writes its manifest. A copy has its source's key, so it lists the same stored blocks and
 * none is read. One under another key would stage each block of the source in this session instead, whose domain is the
 * copy's.
 */
export async function copyBlocks(
  services: JobServices,
  copy: Snapshot,
  sourceSnapshotId: string,
): Promise<ManifestSummary> {
  const { blocks, locks } = services;
  const { snapshotId, ownerId } = copy;
  return locks.run('manifests', async () => {
    const written = await manifestSummary(blocks, snapshotId);
    if (written) return written;
    const source = await manifestSummary(blocks, sourceSnapshotId);
    if (!source)
      throw new PermanentFailure(
        'Client.InvalidSnapshot.NotFound',
        `Client.InvalidSnapshot.NotFound: The snapshot '${sourceSnapshotId}' does not exist.`,
      );
    const session = await blocks.openSession(snapshotId, defaultKeyDomain(ownerId));
    return session.commit({ snapshotId, volumeSize: source.volumeSize, base: sourceSnapshotId });
  });
}
