import type { Volume } from '../domain/volume.ts';
import type { RegionReader } from '../stores/records/database.ts';
import { putDetached } from './detached.ts';
import type { JobKind } from './job.ts';
import type { JobInputs } from './kinds.ts';
import type { JobServices } from './services.ts';

/** How long a guest may take to let go of a volume before that counts as busy, in milliseconds. */
const patience = 5_000;

/**
 * Takes a volume from a guest, closes it, and it is `available`. One the guest does not let go of is `busy`: it is asked
 * for again every few seconds (`askForBusyVolumes`), until it lets go, stops, or is made to by force.
 */
export const detachVolume: JobKind<'detach-volume', JobServices> = {
  kind: 'detach-volume',
  run: ({ input }, services) =>
    services.locks.run(`holder ${input.instanceId}`, async () => {
      const { disks, engine, records } = services;
      const { volumeId, instanceId, force } = input;
      if (!(await detaching(records.read, input))) return;
      const free = await engine.detach(instanceId, volumeId, { timeoutMs: patience, force });
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

/** The volume, if it is still to be detached from the instance. */
async function detaching(
  records: Pick<RegionReader, 'volumes'>,
  { volumeId, instanceId }: JobInputs['detach-volume'],
): Promise<(Volume & Required<Pick<Volume, 'attachment'>>) | undefined> {
  const volume = await records.volumes.get(volumeId);
  const { attachment } = volume ?? {};
  const isAsked = attachment?.state === 'detaching' || attachment?.state === 'busy';
  if (!volume || attachment?.instanceId !== instanceId || !isAsked) return undefined;
  return { ...volume, attachment };
}
