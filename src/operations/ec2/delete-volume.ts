import { volumeAttachedTo, volumeInState } from '../../domain/volume-errors.ts';
import { operation } from './operation.ts';
import { findVolume } from './volume-lookup.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVolume.html */
export const deleteVolume = operation('DeleteVolume', async (input, context) => {
  await context.records.transaction(async records => {
    const volume = await findVolume(records, context, input.VolumeId);
    const { volumeId, state, attachment } = volume;
    if (attachment) throw volumeAttachedTo(volumeId, attachment.instanceId);
    if (state !== 'available' && state !== 'error') throw volumeInState(volumeId, state);
    await records.volumes.put({ ...volume, state: 'deleting' });
    await context.jobs.enqueue(records, 'delete-volume', volumeId, { volumeId });
  });
  context.jobs.wake();
  return {};
});
