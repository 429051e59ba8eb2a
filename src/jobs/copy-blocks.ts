import { keyDomainOf } from '../domain/key-domain.ts';
import type { ManifestSummary } from '../domain/manifest.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { manifestSummary } from '../stores/blocks/block-store.ts';
import { PermanentFailure } from './job.ts';
import type { JobInputs } from './kinds.ts';
import { reEncrypt } from './re-encrypt.ts';
import type { JobServices } from './services.ts';
import { requireSnapshotKey } from './usable-keys.ts';

/**
 * Gives a copy its blocks and writes its manifest; undefined when nobody wants it any more. A copy under its source's key,
 * or under none like its source, lists the same stored blocks and none is read. Under another key each is stored anew.
 * Killed meanwhile, the next run finds what was staged in the session of the copy's id.
 */
export async function copyBlocks(
  services: JobServices,
  copy: Snapshot,
  { sourceSnapshotId, sourceKmsKeyId }: JobInputs['copy-snapshot'],
  signal: AbortSignal,
  onProgress: (percent: number) => Promise<boolean>,
): Promise<ManifestSummary | undefined> {
  const { blocks, locks } = services;
  const { snapshotId, ownerId, kmsKeyId } = copy;
  const written = await manifestSummary(blocks, snapshotId);
  if (written) return written;
  if (kmsKeyId) {
    await requireSnapshotKey(services, { ownerId, kmsKeyId: sourceKmsKeyId });
    await requireSnapshotKey(services, copy);
    // The copy is pending and names its source as its parent: nobody takes its blocks away meanwhile.
    const source = (await blocks.openManifest(sourceSnapshotId)) ?? sourceIsGone(sourceSnapshotId);
    try {
      const domain = keyDomainOf(copy);
      const session = await blocks.openSession(snapshotId, domain);
      if (!(await reEncrypt(blocks, session, domain, source, signal, onProgress))) return undefined;
    } finally {
      await source.close();
    }
  }
  return locks.run('manifests', async () => {
    const source = (await manifestSummary(blocks, sourceSnapshotId)) ?? sourceIsGone(sourceSnapshotId);
    const session = await blocks.openSession(snapshotId, keyDomainOf(copy));
    return session.commit({ snapshotId, volumeSize: source.volumeSize, base: sourceSnapshotId });
  });
}

function sourceIsGone(snapshotId: string): never {
  throw new PermanentFailure(
    'Client.InvalidSnapshot.NotFound',
    `Client.InvalidSnapshot.NotFound: The snapshot '${snapshotId}' does not exist.`,
  );
}
