import type { FrozenVolume } from '../disks/disk.ts';
import { closeIfIdle } from './close-if-idle.ts';
import { volumeSpec } from './instance-volumes.ts';
import type { FrozenViewName } from './kinds.ts';
import type { JobServices } from './services.ts';

/** The frozen view for a snapshot, if its holder still has it. */
export async function findFrozen(
  services: JobServices,
  holderId: string,
  { snapshotId, volumeId }: FrozenViewName,
): Promise<FrozenVolume | undefined> {
  const { disks, records, blocks, locks } = services;
  const volume = await records.read.volumes.get(volumeId);
  if (!volume) return undefined;
  const target = { volume: volumeSpec(volume), snapshotId };
  // Nobody opens the volumes of a holder that dies in between: a view of a later moment must not be taken for this one.
  return locks.run(`holder ${holderId}`, async () => {
    if (!(await disks.isFrozen(holderId, [snapshotId]))) return undefined;
    const [frozen] = await disks.freeze(holderId, [target], base => blocks.hasManifest(base));
    return frozen;
  });
}

/** Nothing reads these views any more: closes the holder if nobody needs it, and lets deferred deletions go on. */
export async function releaseHolder(
  services: JobServices,
  views: readonly FrozenViewName[],
  holderId: string,
): Promise<void> {
  const { records, jobs } = services;
  await closeIfIdle(services, holderId, views);
  await records.transaction(async writer => {
    for (const { volumeId, state } of await writer.volumes.getMany(views.map(view => view.volumeId)))
      if (state === 'deleting') await jobs.enqueue(writer, 'delete-volume', volumeId, { volumeId });
  });
}
