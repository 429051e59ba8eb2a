/** How snapshots and images go into their owner's Recycle Bin, and come back. */
import type { Image } from '../../domain/image.ts';
import { taggedInBin, untaggedInBin } from '../../domain/recycle-bin.ts';
import { type RecycledType, retainedUntil } from '../../domain/retention-rule.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { loadTags } from '../tagging.ts';

/** Puts a snapshot into the bin, if a rule is for it. What is not completed has nothing to restore. */
export async function binSnapshot(
  records: RegionWriter,
  context: Context,
  snapshot: Snapshot,
): Promise<boolean> {
  const { snapshotId, ownerId } = snapshot;
  if (snapshot.state !== 'completed') return false;
  const times = await timesInBin(records, context, 'EBS_SNAPSHOT', { id: snapshotId, ownerId });
  if (!times) return false;
  await records.snapshots.delete(snapshotId);
  await records.binnedSnapshots.put({ ownerId, ...times, snapshot });
  await retag(records, { id: snapshotId, type: 'snapshot', ownerId }, taggedInBin);
  return true;
}

/** Keeps an image that is being deregistered in the bin, if a rule is for it: those with volumes only, as on AWS. */
export async function binImage(records: RegionWriter, context: Context, image: Image): Promise<boolean> {
  const { imageId, ownerId, state, rootDeviceType } = image;
  if (rootDeviceType !== 'ebs' || (state !== 'available' && state !== 'disabled')) return false;
  const times = await timesInBin(records, context, 'EC2_IMAGE', { id: imageId, ownerId });
  if (!times) return false;
  await records.binnedImages.put({ ownerId, ...times, image });
  await retag(records, { id: imageId, type: 'image', ownerId }, taggedInBin);
  return true;
}

/** Takes away the tag that says where it was. */
export function untagRestored(
  records: RegionWriter,
  resource: { id: string; type: string; ownerId: string },
): Promise<void> {
  return retag(records, resource, untaggedInBin);
}

async function timesInBin(
  records: RegionWriter,
  { now }: Context,
  resourceType: RecycledType,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<{ enterTime: string; exitTime: string } | undefined> {
  const rules = (await records.retentionRules.list({ ownerId })).filter(
    rule => rule.resourceType === resourceType,
  );
  const tags = (await loadTags(records, ownerId, [id]))(id);
  const until = retainedUntil(rules, tags, now());
  return until && { enterTime: now().toISOString(), exitTime: until.toISOString() };
}

/** Not by `writeTags`: AWS's own tag comes over the fifty an account may set. */
async function retag(
  records: RegionWriter,
  { id, type, ownerId }: { id: string; type: string; ownerId: string },
  change: typeof taggedInBin,
): Promise<void> {
  const set = await records.tags.get(`${id}/${ownerId}`);
  const tags = change(set?.tags ?? {});
  if (Object.keys(tags).length > 0)
    await records.tags.put({ resourceId: id, accountId: ownerId, resourceType: type, tags: { ...tags } });
  else await records.tags.delete(`${id}/${ownerId}`);
}
