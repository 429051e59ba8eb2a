import { releaseManifest } from './release-manifest.ts';
import type { JobServices } from './services.ts';

/** Removes the fetched file of a task that has ended, and whatever a canceled or failed one has made of it. */
export async function clearImport(services: JobServices, importTaskId: string): Promise<void> {
  const { records, blocks, imports, now } = services;
  const task = await records.read.importTasks.get(importTaskId);
  if (task?.state === 'active') return;
  await imports.remove(importTaskId);
  if (task?.state !== 'deleting') return;
  const { snapshotId, ownerId } = task;
  await records.transaction(async writer => {
    await writer.snapshots.delete(snapshotId);
    await writer.tags.delete(`${snapshotId}/${ownerId}`);
  });
  await blocks.abortSession(snapshotId);
  await releaseManifest(services, snapshotId);
  await records.transaction(writer =>
    writer.importTasks.put({ ...task, state: 'deleted', endTime: now().toISOString() }),
  );
}
