import { isDue } from '../domain/recycle-bin.ts';
import type { RegionWriter } from '../stores/records/database.ts';
import type { JobServices } from './services.ts';

/** Deletes for good what has been in a Recycle Bin for its time. */
export async function emptyRecycleBin({ records, jobs, now }: JobServices): Promise<void> {
  for (const { snapshot, ...binned } of await records.read.binnedSnapshots.list()) {
    const { snapshotId } = snapshot;
    if (!isDue(binned, now())) continue;
    await records.transaction(async writer => {
      // Restored meanwhile.
      if (!(await writer.binnedSnapshots.get(snapshotId))) return;
      await writer.binnedSnapshots.delete(snapshotId);
      await forgetTags(writer, snapshotId);
      await jobs.enqueue(writer, 'delete-snapshot', snapshotId, { snapshotId });
    });
  }
  for (const { image, ...binned } of await records.read.binnedImages.list())
    if (isDue(binned, now()))
      await records.transaction(async writer => {
        if (!(await writer.binnedImages.get(image.imageId))) return;
        await writer.binnedImages.delete(image.imageId);
        await forgetTags(writer, image.imageId);
      });
  jobs.wake();
}

async function forgetTags(writer: RegionWriter, resourceId: string): Promise<void> {
  for (const { accountId } of await writer.tags.list({ resourceId }))
    await writer.tags.delete(`${resourceId}/${accountId}`);
}
