import { fastRestoreId } from '../domain/fast-snapshot-restore.ts';
import { hasReportExpired } from '../domain/image-usage-report.ts';
import { hasUploadExpired, uploadTimedOut } from '../domain/snapshot-upload.ts';
import { deleteKeys } from './delete-keys.ts';
import { emptyRecycleBin } from './empty-recycle-bin.ts';
import { failSnapshots } from './fail-snapshots.ts';
import { PermanentFailure } from './job.ts';
import type { JobServices } from './services.ts';
import { snapshotIdsOf } from './settle-images.ts';

/** How long what is gone stays visible, in milliseconds (spec C.18). */
const visible = {
  terminated: 3_600_000,
  disabled: 3_600_000,
  deleted: 60_000,
  token: 24 * 3_600_000,
  task: 7 * 24 * 3_600_000,
};

/** Forgets what is no longer to be shown, ends uploads nobody completed, empties Recycle Bins, and deletes keys that are due. Meant to be called every minute. */
export async function keepHouse(services: JobServices): Promise<void> {
  await forgetInstances(services);
  await forgetVolumes(services);
  await forgetImages(services);
  await forgetTokens(services);
  await forgetReports(services);
  await forgetImportTasks(services);
  await forgetRootVolumeTasks(services);
  await expireUploads(services);
  await emptyRecycleBin(services);
  await forgetFastRestores(services);
  await deleteKeys(services);
}

async function forgetInstances({ records, engine, now }: JobServices): Promise<void> {
  const terminated = await records.read.instances.list({ state: 'terminated' });
  for (const { instanceId, networkInterfaceId, ownerId, terminatedTime } of terminated) {
    if (!isOlder(terminatedTime, visible.terminated, now())) continue;
    await engine.forget(instanceId);
    await records.transaction(async writer => {
      await writer.instances.delete(instanceId);
      await writer.tags.delete(`${instanceId}/${ownerId}`);
      // One that ended before interfaces had records of their own has left its tags.
      if (!(await writer.networkInterfaces.get(networkInterfaceId)))
        await writer.tags.delete(`${networkInterfaceId}/${ownerId}`);
    });
  }
}

async function forgetVolumes({ records, now }: JobServices): Promise<void> {
  for (const { volumeId, ownerId, deletedTime } of await records.read.volumes.list({ state: 'deleted' }))
    if (isOlder(deletedTime, visible.deleted, now()))
      await records.transaction(async writer => {
        await writer.volumes.delete(volumeId);
        await writer.tags.delete(`${volumeId}/${ownerId}`);
      });
}

/**
 * A deregistered image is remembered while an instance refers to it, while it is in the Recycle Bin, and while a job that
 * was making it has yet to find out.
 */
async function forgetImages({ records }: JobServices): Promise<void> {
  for (const image of await records.read.images.list({ state: 'deregistered' }))
    await records.transaction(async writer => {
      const { imageId } = image;
      const instances = await writer.instances.list({ imageId }, { limit: 1 });
      const snapshots = await writer.snapshots.getMany(snapshotIdsOf(image));
      const isNeeded =
        instances.length > 0 ||
        snapshots.some(snapshot => snapshot.state === 'pending') ||
        (await writer.binnedImages.get(imageId)) !== undefined;
      if (!isNeeded) await writer.images.delete(imageId);
    });
}

/** A report of an image's use is kept for thirty days. */
async function forgetReports({ records, now }: JobServices): Promise<void> {
  for (const report of await records.read.imageUsageReports.list())
    if (hasReportExpired(report, now()))
      await records.transaction(async writer => {
        await writer.imageUsageReports.delete(report.reportId);
        await writer.tags.delete(`${report.reportId}/${report.ownerId}`);
      });
}

async function forgetTokens({ records, now }: JobServices): Promise<void> {
  const tokens = await records.read.clientTokens.list();
  const old = tokens.filter(token => isOlder(token.createTime, visible.token, now()));
  if (old.length > 0)
    await records.transaction(async writer => {
      for (const token of old) await writer.clientTokens.delete(token.id);
    });
}

async function forgetImportTasks({ records, now }: JobServices): Promise<void> {
  const ended = await records.read.importTasks.list({ state: ['completed', 'deleted'] });
  for (const { importTaskId, ownerId, endTime } of ended)
    if (isOlder(endTime, visible.task, now()))
      await records.transaction(async writer => {
        await writer.importTasks.delete(importTaskId);
        await writer.tags.delete(`${importTaskId}/${ownerId}`);
      });
}

async function forgetRootVolumeTasks({ records, now }: JobServices): Promise<void> {
  const ended = await records.read.replaceRootVolumeTasks.list({ state: ['succeeded', 'failed'] });
  for (const { replaceRootVolumeTaskId: id, ownerId, completeTime } of ended)
    if (isOlder(completeTime, visible.task, now()))
      await records.transaction(async writer => {
        await writer.replaceRootVolumeTasks.delete(id);
        await writer.tags.delete(`${id}/${ownerId}`);
      });
}

/** An upload through the EBS direct API that was not completed in its time fails (spec B.4). */
async function expireUploads(services: JobServices): Promise<void> {
  const pending = await services.records.read.snapshots.list({ state: 'pending' });
  for (const snapshot of pending) {
    if (!hasUploadExpired(snapshot, services.now())) continue;
    const { code, message } = uploadTimedOut;
    await failSnapshots(services, [snapshot.snapshotId], new PermanentFailure(code, message));
    await services.blocks.abortSession(snapshot.snapshotId);
  }
}

async function forgetFastRestores({ records, now }: JobServices): Promise<void> {
  for (const restore of await records.read.fastSnapshotRestores.list({ state: 'disabled' }))
    if (isOlder(restore.times.disabled, visible.disabled, now()))
      await records.transaction(async writer => {
        const id = fastRestoreId(restore);
        // Enabled anew meanwhile.
        if ((await writer.fastSnapshotRestores.get(id))?.state === 'disabled')
          await writer.fastSnapshotRestores.delete(id);
      });
}

function isOlder(time: string | undefined, age: number, now: Date): boolean {
  return time !== undefined && now.getTime() - Date.parse(time) > age;
}
