import type { Snapshot } from '../domain/snapshot.ts';
import { volumeSpec, volumesOf } from './instance-volumes.ts';
import { PermanentFailure, type RunningJob } from './job.ts';
import type { JobServices } from './services.ts';

/** The instance that holds a volume open, or the volume by itself. */
function holderOf(volume: { volumeId: string; attachment?: { instanceId: string } }): string {
  return volume.attachment?.instanceId ?? volume.volumeId;
}

/**
 * Freezes the volumes of pending snapshots at one moment, and in one transaction enqueues the job that stores them and
 * sets the checkpoint `frozen`: it is not to be called again after that, since a view that is already stored would be
 * frozen anew. A freeze that a run has made which was interrupted before is found again.
 */
export async function freezeVolumes(
  services: JobServices,
  job: Pick<RunningJob<unknown>, 'save'>,
  snapshots: readonly Snapshot[],
): Promise<void> {
  const { disks, blocks, locks, jobs } = services;
  const pending = snapshots.filter(snapshot => snapshot.state === 'pending');
  if (pending.length === 0) return;
  const views = pending.map(({ snapshotId, volumeId }) => ({ snapshotId, volumeId }));
  const targets = await Promise.all(
    pending.map(async ({ volumeId, snapshotId }) => ({
      volume: await existing(services, volumeId),
      snapshotId,
    })),
  );
  const holderId = holderOf(targets[0]!.volume);
  await locks.run(`holder ${holderId}`, async () => {
    await disks.open(holderId, await volumesToOpen(services, holderId, targets[0]!.volume.volumeId));
    await locks.run('manifests', async () => {
      const frozen = await disks.freeze(
        holderId,
        targets.map(({ volume, snapshotId }) => ({ volume: volumeSpec(volume), snapshotId })),
        base => blocks.hasManifest(base),
      );
      await job.save('frozen', async writer => {
        for (const { snapshotId, base } of frozen) {
          const current = await writer.snapshots.get(snapshotId);
          if (current?.state === 'pending')
            await writer.snapshots.put({ ...current, parentSnapshotId: base });
        }
        await jobs.enqueue(writer, 'store-snapshots', views[0]!.snapshotId, { views, holderId });
      });
    });
  });
  jobs.wake();
}

async function existing({ records }: JobServices, volumeId: string) {
  const volume = await records.read.volumes.get(volumeId);
  if (!volume || volume.state === 'deleted' || volume.state === 'deleting')
    throw new PermanentFailure('Client.InvalidVolume.NotFound', `The volume '${volumeId}' does not exist.`);
  return volume;
}

/** An instance opens all of its volumes, so that it finds them open when it starts; a volume by itself only that. */
async function volumesToOpen(services: JobServices, holderId: string, volumeId: string) {
  const volumes =
    holderId === volumeId
      ? [await existing(services, volumeId)]
      : await volumesOf(services.records.read, holderId);
  const specs = volumes.map(volumeSpec);
  for (const spec of specs) {
    await services.disks.create(spec);
    await services.disks.resize(spec);
  }
  return specs;
}
