import { fail, invalidParameterValue, missingParameter, unsupportedOperation } from '../../domain/errors.ts';
import { checkId } from '../../domain/ids.ts';
import { pendingSnapshot } from '../../domain/snapshot.ts';
import { settleTags } from '../../domain/tags.ts';
import type { Volume } from '../../domain/volume.ts';
import { volumeInState, volumeNotFound } from '../../domain/volume-errors.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import { writeTags } from '../tagging.ts';
import { operation } from './operation.ts';
import { presentSnapshot } from './present/snapshot.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshot.html
 * The snapshot is pending; a job takes the volume as it is when the job starts, while the volume stays in use.
 */
export const createSnapshot = operation('CreateSnapshot', async (input, context) => {
  const { accountId } = context.caller;
  const volumeId = checkId('vol', input.VolumeId || fail(missingParameter('VolumeId')));
  const description = input.Description ?? '';
  if (description.length > 255)
    throw invalidParameterValue('Snapshot descriptions must be less than 256 characters long');
  const tags = settleTags(input.TagSpecifications, ['snapshot']).snapshot;
  if (input.OutpostArn || input.Location === 'local')
    throw unsupportedOperation('Snapshots are kept in the region: leave OutpostArn and Location out.');

  const snapshot = await context.records.transaction(async records => {
    const volume = await records.volumes.get(volumeId);
    if (volume?.ownerId !== accountId || volume.state === 'deleted') throw volumeNotFound(volumeId);
    if (volume.state !== 'available' && volume.state !== 'in-use')
      throw volumeInState(volumeId, volume.state);

    const taken = pendingSnapshot(context.newId('snap'), volume, context.now().toISOString(), description);
    await records.snapshots.put(taken);
    await writeTags(records, accountId, { id: taken.snapshotId, type: 'snapshot' }, tags);
    await context.jobs.enqueue(records, 'create-snapshots', await holderOf(records, volume), {
      snapshotIds: [taken.snapshotId],
    });
    return taken;
  });
  context.jobs.wake();
  const ownerAlias = (await context.accounts.get(accountId))?.alias;
  return presentSnapshot({ snapshot, ownerAlias }, tags ?? {});
});

/** What is to be at rest while the volume is read: the instance that has it, else the volume itself. */
async function holderOf(records: RegionReader, volume: Volume): Promise<string> {
  const instance = volume.attachment && (await records.instances.get(volume.attachment.instanceId));
  return instance && instance.state !== 'terminated' ? instance.instanceId : volume.volumeId;
}
