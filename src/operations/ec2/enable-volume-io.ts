import { volumeInState } from '../../domain/volume-errors.ts';
import { operation } from './operation.ts';
import { findVolume } from './volume-lookup.ts';

/**
 * I/O of a volume here is never disabled, since no check takes it away: there is nothing to change.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableVolumeIO.html
 */
export const enableVolumeIO = operation('EnableVolumeIO', async (input, context) => {
  const { volumeId, state } = await findVolume(context.records.read, context, input.VolumeId);
  if (state !== 'available' && state !== 'in-use') throw volumeInState(volumeId, state);
  return {};
});
