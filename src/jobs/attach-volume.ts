import type { Volume } from '../domain/volume.ts';
import type { RegionReader } from '../stores/records/database.ts';
import { putDetached } from './detached.ts';
import { volumeSpec } from './instance-volumes.ts';
import type { JobKind } from './job.ts';
import type { JobInputs } from './kinds.ts';
import { prepareVolume } from './prepare-volume.ts';
import type { JobServices } from './services.ts';
import { requireVolumeKeys } from './usable-keys.ts';

/** Plugs a volume into a running guest. One that does not run by now finds it when it starts. */
export const attachVolume: JobKind<'attach-volume', JobServices> = {
  kind: 'attach-volume',
  run: ({ input }, services) =>
    services.locks.run(`holder ${input.instanceId}`, async () => {
      const { disks, engine, records } = services;
      const volume = await attaching(records.read, input);
      if (!volume) return;
      await requireVolumeKeys(services, [volume]);
      if (await engine.isRunning(input.instanceId)) {
        await prepareVolume(services, volume);
        const [opened] = await disks.open(input.instanceId, [volumeSpec(volume)]);
        await engine.attach(input.instanceId, opened!);
      }
      await records.transaction(async writer => {
        const current = await attaching(writer, input);
        if (current)
          await writer.volumes.put({ ...current, attachment: { ...current.attachment, state: 'attached' } });
      });
    }),

  /** It is `available` again, and the guest has nothing of it. */
  failed: ({ input }, reason, services) =>
    services.locks.run(`holder ${input.instanceId}`, async () => {
      const { disks, engine, records, log } = services;
      const { volumeId, instanceId } = input;
      if (!(await attaching(records.read, input))) return;
      log.error('a volume could not be attached', { volumeId, instanceId, reason: reason.message });
      await engine.detach(instanceId, volumeId, { timeoutMs: 1_000, force: true });
      await disks.closeVolume(instanceId, volumeId);
      await records.transaction(async writer => {
        const current = await attaching(writer, input);
        if (current) await putDetached(writer, current);
      });
    }),
};

/** The volume, if it is still to be attached to the instance. */
async function attaching(
  records: Pick<RegionReader, 'volumes'>,
  { volumeId, instanceId }: JobInputs['attach-volume'],
): Promise<(Volume & Required<Pick<Volume, 'attachment'>>) | undefined> {
  const volume = await records.volumes.get(volumeId);
  const { attachment } = volume ?? {};
  if (!volume || attachment?.instanceId !== instanceId || attachment.state !== 'attaching') return undefined;
  return { ...volume, attachment };
}
