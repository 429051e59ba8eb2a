import { unsupportedOperation } from '../../domain/errors.ts';
import { hibernated } from '../../domain/hibernation.ts';
import type { Volume } from '../../domain/volume.ts';
import { instanceNotInState, volumeInState, volumeNotSettled } from '../../domain/volume-errors.ts';
import { checkBootType } from '../../domain/volume-limits.ts';
import {
  modificationUnderWay,
  nextModificationTimes,
  shapeOf,
  targetShape,
  withShape,
} from '../../domain/volume-modification.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { operation } from './operation.ts';
import { presentModification } from './present/volume-modification.ts';
import { checkNotRead, findVolume } from './volume-lookup.ts';

/**
 * The record gets the new shape at once; a job grows the overlay before whatever is asked of the volume next, and shows
 * a running guest the new size.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolume.html
 */
export const modifyVolume = operation('ModifyVolume', async (input, context) => {
  if (input.MultiAttachEnabled)
    throw unsupportedOperation(
      'A volume can be attached to one instance only: leave MultiAttachEnabled out.',
    );
  const modified = await context.records.transaction(async records => {
    const volume = await findVolume(records, context, input.VolumeId);
    const { volumeId, attachment } = volume;
    if (volume.modification?.state === 'modifying') throw modificationUnderWay(volumeId);
    if (volume.state !== 'available' && volume.state !== 'in-use')
      throw volumeInState(volumeId, volume.state);
    const target = targetShape(volume, input);
    await checkInstance(records, volume, () => checkBootType(target.volumeType));
    const modificationTimes = nextModificationTimes(volume, context.now());
    await checkNotRead(records, volume);

    const after: Volume = {
      ...withShape(volume, target),
      modificationTimes,
      modification: {
        state: 'modifying',
        startTime: context.now().toISOString(),
        original: shapeOf(volume),
        target,
      },
    };
    await records.volumes.put(after);
    const subject = attachment?.instanceId ?? volumeId;
    await context.jobs.enqueue(records, 'modify-volume', subject, { volumeId });
    return after;
  });
  context.jobs.wake();
  return { VolumeModification: presentModification(modified) };
});

async function checkInstance(
  records: RegionReader,
  { volumeId, attachment }: Volume,
  checkRoot: () => void,
): Promise<void> {
  const instance = attachment && (await records.instances.get(attachment.instanceId));
  if (!instance) return;
  if (attachment.device === instance.rootDeviceName) checkRoot();
  if (instance.hibernated) throw hibernated(instance.instanceId);
  if (attachment.state !== 'attached') throw volumeNotSettled(volumeId, attachment.state);
  if (instance.state !== 'running' && instance.state !== 'stopped')
    throw instanceNotInState(instance.instanceId, 'running');
}
