import type { Volume } from '../domain/volume.ts';
import { type VolumeModification, withShape } from '../domain/volume-modification.ts';
import { closeIfIdle } from './close-if-idle.ts';
import { volumeSpec } from './instance-volumes.ts';
import type { JobKind } from './job.ts';
import type { JobServices } from './services.ts';

/**
 * Grows the overlay of a volume that nobody uses to the size its record has already: whoever opens the volume first
 * does the same. One that cannot be grown gets back the shape it had.
 */
export const modifyVolume: JobKind<'modify-volume', JobServices> = {
  kind: 'modify-volume',
  async run({ input: { volumeId } }, services) {
    const volume = await services.records.read.volumes.get(volumeId);
    if (volume?.modification?.state !== 'modifying') return;
    const holderId = volume.attachment?.instanceId ?? volumeId;
    if (await services.disks.isOpen(holderId)) await closeIfIdle(services, holderId);
    await services.disks.resize(volumeSpec(volume));
    await settle(services, volumeId, (current, modification) => ({
      ...current,
      modification: { ...modification, state: 'completed' },
    }));
  },
  async failed({ input: { volumeId } }, reason, services) {
    services.log.error('a volume could not be modified', { volumeId, reason: reason.message });
    await settle(services, volumeId, (current, modification) => ({
      ...withShape(current, modification.original),
      modification: { ...modification, state: 'failed', statusMessage: reason.message },
    }));
  },
};

async function settle(
  { records, now }: JobServices,
  volumeId: string,
  outcome: (volume: Volume, modification: VolumeModification) => Volume,
): Promise<void> {
  await records.transaction(async writer => {
    const volume = await writer.volumes.get(volumeId);
    if (volume?.modification?.state !== 'modifying') return;
    await writer.volumes.put(outcome(volume, { ...volume.modification, endTime: now().toISOString() }));
  });
}
