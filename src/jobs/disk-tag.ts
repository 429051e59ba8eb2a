import { type DiskFacts, describeDisk, diskTag } from '../domain/disk-facts.ts';
import type { RegionWriter } from '../stores/records/database.ts';

/** Shows the owner of a snapshot or an image what is on its disk, if anything was recognised. */
export async function writeDiskTag(
  writer: RegionWriter,
  accountId: string,
  resource: { id: string; type: 'snapshot' | 'image' },
  disk: DiskFacts | undefined,
): Promise<void> {
  const text = describeDisk(disk);
  if (!text) return;
  const tags = (await writer.tags.get(`${resource.id}/${accountId}`))?.tags;
  await writer.tags.put({
    resourceId: resource.id,
    accountId,
    resourceType: resource.type,
    tags: { ...tags, [diskTag]: text },
  });
}
