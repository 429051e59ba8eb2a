import { checkId } from '../../domain/ids.ts';
import type { Volume } from '../../domain/volume.ts';
import { volumeBeingRead, volumeNotFound } from '../../domain/volume-errors.ts';
import { isVolumeVisible } from '../../domain/volume-filters.ts';
import type { JobInputs } from '../../jobs/kinds.ts';
import type { RegionReader } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { required } from './request.ts';

/** A volume of the caller's that is not deleted. @throws MissingParameter, InvalidVolumeID.Malformed, InvalidVolume.NotFound */
export async function findVolume(
  records: Pick<RegionReader, 'volumes'>,
  context: Context,
  volumeId: string | undefined,
): Promise<Volume> {
  const id = checkId('vol', required(volumeId, 'VolumeId'));
  const volume = await records.volumes.get(id);
  if (volume?.ownerId !== context.caller.accountId || volume.state === 'deleted') throw volumeNotFound(id);
  return volume;
}

/** Well-formed ids without repetition; an empty one says nothing. */
export const volumeIds = (ids: readonly string[] | undefined) => [
  ...new Set(ids?.filter(id => id !== '').map(id => checkId('vol', id))),
];

/** All of the caller's, or those of the ids. @throws InvalidVolume.NotFound for one that is unknown to the caller. */
export async function ownVolumes(context: Context, ids: readonly string[]): Promise<Volume[]> {
  const { accountId } = context.caller;
  const { volumes } = context.records.read;
  const found = ids.length ? await volumes.getMany(ids) : await volumes.list({ ownerId: accountId });
  const now = context.now();
  const own = found.filter(volume => volume.ownerId === accountId && isVolumeVisible(volume, now));
  const known = new Set(own.map(volume => volume.volumeId));
  for (const id of ids) if (!known.has(id)) throw volumeNotFound(id);
  return own;
}

/** The order volumes are listed in. */
export const byCreation = (volume: Volume) => `${volume.createTime}/${volume.volumeId}`;

/** What reads volumes where they are: it must be through before a volume goes elsewhere or grows. */
const readers = ['create-snapshots', 'create-image', 'store-snapshots'];

/**
 * @throws IncorrectState while a snapshot or an image of the volume is under way, or of another one of its instance: but
 * what a running instance's other volumes are read for does not count once they are frozen.
 */
export async function checkNotRead(records: RegionReader, volume: Volume): Promise<void> {
  const { volumeId, attachment } = volume;
  const holderId = attachment?.instanceId ?? volumeId;
  const instance = attachment && (await records.instances.get(attachment.instanceId));
  const isRunning = instance?.state === 'running';
  const jobs = await records.jobs.list({ kind: readers, state: ['queued', 'failing'] });
  const inputs = jobs.map(job => job.input as Partial<JobInputs['store-snapshots' | 'create-snapshots']>);
  const isRead = inputs.some((input, index) => {
    if (jobs[index]!.subject === holderId) return true;
    if (!('views' in input) || !input.views) return false;
    return (
      (input.holderId === holderId && !isRunning) || input.views.some(view => view.volumeId === volumeId)
    );
  });
  const asked = inputs.flatMap(input => ('snapshotIds' in input && input.snapshotIds) || []);
  // One asked for while the volume was being detached waits as a job of the instance it had.
  const isAsked = (await records.snapshots.getMany(asked)).some(snapshot => snapshot.volumeId === volumeId);
  if (isRead || isAsked) throw volumeBeingRead(volumeId);
}
