import { mergeTags, type Tags } from '../domain/tags.ts';
import type { RegionReader, RegionWriter } from '../stores/records/database.ts';

/** Tags of resources, as one account set and sees them (spec C.16). */

/** Puts `tags` over those the account already has on the resource. For use inside the transaction that creates it. */
export async function writeTags(
  records: RegionWriter,
  accountId: string,
  resource: { id: string; type: string },
  tags: Tags | undefined,
): Promise<void> {
  if (!tags || Object.keys(tags).length === 0) return;
  const present = (await records.tags.get(`${resource.id}/${accountId}`))?.tags ?? {};
  await records.tags.put({
    resourceId: resource.id,
    accountId,
    resourceType: resource.type,
    tags: { ...mergeTags(present, tags) },
  });
}

/** Loads the account's tags on many resources at once; the answer looks one resource up. */
export async function loadTags(
  records: RegionReader,
  accountId: string,
  resourceIds: readonly string[],
): Promise<(resourceId: string) => Tags> {
  const sets = await records.tags.getMany(resourceIds.map(id => `${id}/${accountId}`));
  const byResource = new Map(sets.map(set => [set.resourceId, set.tags]));
  return id => byResource.get(id) ?? {};
}

/** Forgets every account's tags on a resource that is deleted. */
export async function forgetTags(records: RegionWriter, resourceId: string): Promise<void> {
  for (const set of await records.tags.list({ resourceId }))
    await records.tags.delete(`${set.resourceId}/${set.accountId}`);
}
