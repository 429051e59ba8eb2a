import type { JobKind } from './job.ts';
import { prepareVolume } from './prepare-volume.ts';
import type { JobServices } from './services.ts';
import { requireVolumeKeys } from './usable-keys.ts';

/** Makes the overlay of a `creating` volume, which is then `available`; no bytes are copied. */
export const createVolume: JobKind<'create-volume', JobServices> = {
  kind: 'create-volume',
  async run({ input: { volumeId } }, services) {
    const volume = await services.records.read.volumes.get(volumeId);
    if (volume?.state !== 'creating') return;
    await requireVolumeKeys(services, [volume]);
    await prepareVolume(services, volume);
    await settle(services, volumeId, 'available');
  },
  async failed({ input: { volumeId } }, reason, services) {
    services.log.error('a volume could not be made', { volumeId, reason: reason.message });
    await settle(services, volumeId, 'error');
  },
};

async function settle({ records }: JobServices, volumeId: string, state: 'available' | 'error') {
  await records.transaction(async writer => {
    const volume = await writer.volumes.get(volumeId);
    if (volume?.state === 'creating') await writer.volumes.put({ ...volume, state });
  });
}
