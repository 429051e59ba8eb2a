import type { JobKind } from './job.ts';
import { releaseManifest } from './release-manifest.ts';
import type { JobServices } from './services.ts';

/** Removes a `deleting` volume's bytes, once no snapshot of it is still being stored. */
export const deleteVolume: JobKind<'delete-volume', JobServices> = {
  kind: 'delete-volume',
  async run({ input: { volumeId } }, services) {
    const { disks, records } = services;
    const volume = await records.read.volumes.get(volumeId);
    if (volume?.state !== 'deleting') return;
    const pending = await records.read.snapshots.list({ volumeId, state: 'pending' });
    if (pending.length > 0) return; // store-snapshots enqueues this job again when the last is stored
    await disks.delete(volumeId);
    await records.transaction(writer =>
      writer.volumes.put({ ...volume, state: 'deleted', deletedTime: services.now().toISOString() }),
    );
    if (volume.snapshotId) await releaseManifest(services, volume.snapshotId);
  },
  async failed({ input: { volumeId } }, reason, { log }) {
    log.error('a volume could not be deleted and stays "deleting"', { volumeId, reason: reason.message });
  },
  attempts: 10,
};
