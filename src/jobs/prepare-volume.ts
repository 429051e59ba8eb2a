import type { Volume } from '../domain/volume.ts';
import { closeIfIdle } from './close-if-idle.ts';
import { volumeSpec } from './instance-volumes.ts';
import { PermanentFailure } from './job.ts';
import type { JobServices } from './services.ts';

/** Has a volume's overlay be as its record says, made and of its size, before an instance opens it. */
export async function prepareVolume(services: JobServices, volume: Volume): Promise<void> {
  const { disks } = services;
  await requireManifest(services, volume);
  // A snapshot taken before it was attached may have left it open by itself.
  if (await disks.isOpen(volume.volumeId)) await closeIfIdle(services, volume.volumeId);
  await disks.create(volumeSpec(volume));
  await disks.resize(volumeSpec(volume));
}

/** A volume whose snapshot's blocks are gone would read as zeroes: the work fails instead. */
async function requireManifest({ blocks }: JobServices, volume: Volume): Promise<void> {
  if (volume.snapshotId && !(await blocks.hasManifest(volume.snapshotId)))
    throw new PermanentFailure(
      'Client.InvalidSnapshot.NotFound',
      `Client.InvalidSnapshot.NotFound: The snapshot '${volume.snapshotId}' does not exist.`,
    );
}
