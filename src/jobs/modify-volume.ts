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
    const isGrown = original.volumeSize < target.volumeSize;
    if (isGrown && !(await growUnderGuest(services, volume))) await growAtRest(services, volumeId);
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
  // A guest may wait for the end of this.
  attempts: 10,
};

/** False where no guest has the volume. */
async function growUnderGuest(services: JobServices, { volumeId, attachment }: Volume): Promise<boolean> {
  const { disks, engine, locks, records } = services;
  const instanceId = attachment?.instanceId;
  if (instanceId === undefined) return false;
  return locks.run(`holder ${instanceId}`, async () => {
    // It may have been detached until here.
    const volume = await records.read.volumes.get(volumeId);
    if (volume?.attachment?.instanceId !== instanceId || !(await engine.isRunning(instanceId))) return false;
    const spec = volumeSpec(volume);
    const [opened] = await disks.open(instanceId, [spec]);
    const resize = () => disks.resizeOpen(instanceId, spec);
    await engine.resizeDisk(instanceId, { ...opened!, size: spec.size }, resize);
    return true;
  });
}

async function growAtRest(services: JobServices, volumeId: string): Promise<void> {
  const { disks, records } = services;
  const volume = await records.read.volumes.get(volumeId);
  if (!volume) return;
  const holderId = volume.attachment?.instanceId ?? volumeId;
  if (await disks.isOpen(holderId)) await closeIfIdle(services, holderId);
  await disks.resize(volumeSpec(volume));
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
