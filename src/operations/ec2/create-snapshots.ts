import { checkSnapshotSource, chooseVolumes, parseSnapshotSet } from '../../domain/create-snapshots.ts';
import { invalidParameterValue, unsupportedOperation } from '../../domain/errors.ts';
import { instanceNotFound } from '../../domain/instance-errors.ts';
import { pendingSnapshot } from '../../domain/snapshot.ts';
import { mergeTags, settleTags, type Tags } from '../../domain/tags.ts';
import { loadTags, writeTags } from '../tagging.ts';
import { volumesAttachedTo } from './imageable-instance.ts';
import { operation } from './operation.ts';
import { presentSnapshotInfo } from './present/snapshot.ts';

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshots.html
 * One job takes all volumes at one moment, as a power cut would leave them, while the instance goes on.
 */
export const createSnapshots = operation('CreateSnapshots', async (input, context) => {
  const { accountId } = context.caller;
  const set = parseSnapshotSet(input.InstanceSpecification);
  const description = input.Description ?? '';
  if (description.length > 255)
    throw invalidParameterValue('Snapshot descriptions must be less than 256 characters long');
  const asked = settleTags(input.TagSpecifications, ['snapshot']).snapshot ?? {};
  const copiesTags = parseCopyTags(input.CopyTagsFromSource);
  if (input.OutpostArn || input.Location === 'local')
    throw unsupportedOperation('Snapshots are kept in the region: leave OutpostArn and Location out.');

  const taken = await context.records.transaction(async records => {
    const instance = await records.instances.get(set.instanceId);
    if (instance?.ownerId !== accountId) throw instanceNotFound([set.instanceId]);
    checkSnapshotSource(instance);
    const volumes = chooseVolumes(set, await volumesAttachedTo(records, instance));
    const tagsOf = await loadTags(records, accountId, copiesTags ? volumes.map(one => one.volumeId) : []);

    const now = context.now().toISOString();
    const snapshots = volumes.map(volume => ({
      snapshot: pendingSnapshot(context.newId('snap'), volume, now, description),
      tags: mergeTags(copiable(tagsOf(volume.volumeId)), asked),
    }));
    for (const { snapshot, tags } of snapshots) {
      await records.snapshots.put(snapshot);
      await writeTags(records, accountId, { id: snapshot.snapshotId, type: 'snapshot' }, tags);
    }
    await context.jobs.enqueue(records, 'create-snapshots', set.instanceId, {
      snapshotIds: snapshots.map(({ snapshot }) => snapshot.snapshotId),
    });
    return snapshots;
  });
  context.jobs.wake();
  return { Snapshots: taken.map(({ snapshot, tags }) => presentSnapshotInfo(snapshot, tags)) };
});

function parseCopyTags(source: string | undefined): boolean {
  if (source && source !== 'volume')
    throw invalidParameterValue(
      `Value (${source}) for parameter CopyTagsFromSource is invalid. Use 'volume'.`,
    );
  return source === 'volume';
}

/** Amazon's own tags say what their resource is, and are not copied. */
function copiable(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.toLowerCase().startsWith('aws:')));
}
