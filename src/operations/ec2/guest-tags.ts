import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import type { TaggableResource } from './taggable-resources.ts';

/** Has the metadata service tell guests their new tags, where an instance was launched to be told them. */
export async function refreshGuestTags(
  records: RegionWriter,
  context: Context,
  resources: readonly TaggableResource[],
): Promise<void> {
  const vpcIds = new Set(
    resources.flatMap(({ instance }) =>
      instance?.metadataOptions.instanceMetadataTags === 'enabled' && instance.state !== 'terminated'
        ? [instance.vpcId]
        : [],
    ),
  );
  for (const vpcId of vpcIds) await context.jobs.enqueue(records, 'apply-vpc', vpcId, { vpcId });
}
