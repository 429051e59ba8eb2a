import type { Volume } from '../domain/volume.ts';
import { isMounted } from '../inspection/mounted.ts';
import type { RegionReader } from '../stores/records/database.ts';
import { putDetached } from './detached.ts';
import type { JobKind } from './job.ts';
import type { JobInputs } from './kinds.ts';
import type { JobServices } from './services.ts';

/** How long a guest may take to let go of a volume before that counts as busy, in milliseconds. */
const patience = 5_000;

/**
 * Takes a volume from a guest, closes it, and it is `available`. One that is mounted, or that the guest does not let go of,
 * is `busy`: it is asked for again every few seconds (`askForBusyVolumes`), until that is over, the guest stops, or force
 * is used.
 */
export const detachVolume: JobKind<'detach-volume', JobServices> = {
  kind: 'detach-volume',
  run: ({ input }, services) =>
    services.locks.run(`holder ${input.instanceId}`, async () => {
      const { disks, engine, records } = services;
      const { volumeId, instanceId, force } = input;
      const volume = await detaching(records.read, input);
      if (!volume) return;
      const free =
        (force || !(await isInUse(services, volume))) &&
        (await engine.detach(instanceId, volumeId, { timeoutMs: patience, force }));
      if (free) await disks.closeVolume(instanceId, volumeId);
      await records.transaction(async writer => {
        const current = await detaching(writer, input);
        if (!current) return;
        if (free) await putDetached(writer, current);
        else await writer.volumes.put({ ...current, attachment: { ...current.attachment, state: 'busy' } });
      });
    }),

  failed: ({ input }, reason, { records, log }) =>
    records.transaction(async writer => {
      const current = await detaching(writer, input);
      if (!current) return;
      log.error('a volume could not be detached', { volumeId: input.volumeId, reason: reason.message });
      await writer.volumes.put({ ...current, attachment: { ...current.attachment, state: 'busy' } });
    }),
  attempts: 10,
};

/**
 * Whether the guest has a file system of the volume mounted. Linux would let go of it all the same, and fail whatever is
 * under way: as on AWS it is `busy` instead. A look that fails says nothing.
 */
async function isInUse(
  { disks, engine, log }: JobServices,
  { volumeId, attachment: { instanceId, attachTime } }: Attached,
): Promise<boolean> {
  if (!(await engine.isRunning(instanceId)) || !(await disks.isOpen(instanceId))) return false;
  try {
    return await disks.inspect(instanceId, volumeId, disk => isMounted(disk, new Date(attachTime)));
  } catch (error) {
    log.info('a volume could not be inspected', { volumeId, error });
    return false;
  }
}

type Attached = Volume & Required<Pick<Volume, 'attachment'>>;

/** The volume, if it is still to be detached from the instance. */
async function detaching(
  records: Pick<RegionReader, 'volumes'>,
  { volumeId, instanceId }: JobInputs['detach-volume'],
): Promise<Attached | undefined> {
  const volume = await records.volumes.get(volumeId);
  const { attachment } = volume ?? {};
  const isAsked = attachment?.state === 'detaching' || attachment?.state === 'busy';
  if (!volume || attachment?.instanceId !== instanceId || !isAsked) return undefined;
  return { ...volume, attachment };
}
