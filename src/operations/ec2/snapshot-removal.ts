import type { Image } from '../../domain/image.ts';
import { imagePlace, usesSnapshot } from '../../domain/image-index.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { RegionReader, RegionWriter } from '../../stores/records/database.ts';
import type { Context } from '../context.ts';
import { forgetTags } from '../tagging.ts';
import { disableAll } from './fast-snapshot-restores.ts';
import { binSnapshot } from './recycle-bin.ts';

/** An image, also a disabled one, keeps every snapshot of its mapping from being deleted (spec C.14). */
const holdsSnapshots = ['pending', 'available', 'disabled'];

/** Images looked at in one go: a snapshot is in few that have failed. */
const most = 1_000;

/** An image that uses the snapshot. Images are made of their owner's own snapshots only. */
export async function imageUsing(records: RegionReader, snapshot: Snapshot): Promise<Image | undefined> {
  const ranges = [{ key: usesSnapshot(snapshot.snapshotId) }];
  for (let after = ''; ; ) {
    const images = await records.images.under(ranges, { after, limit: most });
    const holder = images.find(image => holdsSnapshots.includes(image.state));
    if (holder || images.length < most) return holder;
    after = imagePlace(images.at(-1)!);
  }
}

/**
 * Puts the snapshot into the Recycle Bin, or, where no rule is for it, forgets it and has a job free its blocks; one still
 * under way is cancelled by it.
 */
export async function removeSnapshot(
  records: RegionWriter,
  context: Context,
  snapshot: Snapshot,
): Promise<void> {
  const { snapshotId } = snapshot;
  await disableAll(records, context, snapshotId);
  if (await binSnapshot(records, context, snapshot)) return;
  await records.snapshots.delete(snapshotId);
  await forgetTags(records, snapshotId);
  await context.jobs.enqueue(records, 'delete-snapshot', snapshotId, { snapshotId });
}
