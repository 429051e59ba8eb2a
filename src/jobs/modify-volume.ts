import type { Volume } from '../domain/volume.ts';
import { type VolumeModification, withShape } from '../domain/volume-modification.ts';
import { closeIfIdle } from './close-if-idle.ts';
import { volumeSpec } from './instance-volumes.ts';
import type { JobKind } from './job.ts';
import type { JobServices } from './services.ts';

/**
 * Grows the overlay to the size the volume's record has already, under its guest if that runs. At rest, whoever opens
 * the volume first does the same. One that cannot be grown gets back the shape it had.
 */
export const modifyVolume: JobKind<'modify-volume', JobServices> = {
  kind: 'modify-volume',
  async run({ input: { volumeId } }, services) {
    const volume = await services.records.read.volumes.get(volumeId);
    if (volume?.modification?.state !== 'modifying') return;
    const { original, target } = volume.modification;
    if (original.volumeSize < target.volumeSize && !(await growUnderGuest(services, volume)))
      await growAtRest(services, volume);
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

/** False where no guest has the volume. */
async function growUnderGuest({ disks, engine, locks }: JobServices, volume: Volume): Promise<boolean> {
  const instanceId = volume.attachment?.instanceId;
  if (instanceId === undefined) return false;
  return locks.run(`holder ${instanceId}`, async () => {
    if (!(await engine.isRunning(instanceId))) return false;
    const spec = volumeSpec(volume);
    const [opened] = await disks.open(instanceId, [spec]);
    await engine.resizeDisk(instanceId, { ...opened!, size: spec.size }, () =>
      disks.resizeOpen(instanceId, spec),
    );
    return true;
  });
}

async function growAtRest(services: JobServices, volume: Volume): Promise<void> {
  const holderId = volume.attachment?.instanceId ?? volume.volumeId;
  if (await services.disks.isOpen(holderId)) await closeIfIdle(services, holderId);
  await services.disks.resize(volumeSpec(volume));
}

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
