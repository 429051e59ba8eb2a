import type { Instance } from '../domain/instance.ts';
import {
  isUnderWay,
  onOtherRoot,
  type ReplaceRootVolumeTask,
  swapped,
} from '../domain/replace-root-volume.ts';
import type { Volume } from '../domain/volume.ts';
import type { RegionWriter } from '../stores/records/database.ts';
import { putDetached } from './detached.ts';
import { type JobKind, PermanentFailure } from './job.ts';
import { prepareVolume } from './prepare-volume.ts';
import { runGuest } from './run-guest.ts';
import type { JobServices } from './services.ts';
import { requireVolumeKeys } from './usable-keys.ts';

/**
 * Gives a running instance another root volume: it is made while the guest runs; the guest is shut down; the volumes change
 * places, in one transaction; the guest boots. Until it has, the replaced volume stays with the instance, `detaching`, and
 * whatever fails puts it back in its place.
 */
export const replaceRootVolume: JobKind<'replace-root-volume', JobServices> = {
  kind: 'replace-root-volume',
  async run(job, services) {
    const { records, engine, shutdownTimeout } = services;
    const task = await records.read.replaceRootVolumeTasks.get(job.input.replaceRootVolumeTaskId);
    if (!task || !isUnderWay(task)) return;
    const { instanceId } = task;
    if (job.checkpoint === undefined) {
      await makeVolume(services, task);
      await job.save('made', writer => putState(writer, task, 'in-progress'));
    }
    if (job.checkpoint === 'made') {
      await requireRunning(services, instanceId);
      await engine.shutdown(instanceId, shutdownTimeout);
      await closeUnlessRunning(services, instanceId, task.replacedVolumeId);
      await job.save('swapped', writer => swap(services, writer, task));
    }
    const instance = await records.read.instances.get(instanceId);
    // One that was stopped or terminated meanwhile keeps the new root: it finds it when it starts.
    if (instance?.state === 'running') await runGuest(services, instance);
    await records.transaction(writer => succeed(services, writer, task));
  },

  async failed({ input: { replaceRootVolumeTaskId } }, reason, services) {
    const { records, engine, log } = services;
    const task = await records.read.replaceRootVolumeTasks.get(replaceRootVolumeTaskId);
    if (!task || !isUnderWay(task)) return;
    const { instanceId, volumeId } = task;
    log.error('a root volume could not be replaced', { instanceId, volumeId, reason: reason.message });
    await records.transaction(writer => putState(writer, task, 'failing'));
    const next = await records.read.volumes.get(volumeId);
    if (next?.attachment) await engine.kill(instanceId);
    await closeUnlessRunning(services, instanceId, volumeId);
    await records.transaction(writer => swapBack(services, writer, task));
    await bootAgain(services, instanceId);
    await records.transaction(writer => putState(writer, task, 'failed', services.now()));
  },
};

/** A guest that is down boots; one that cannot is stopped, with the reason. */
async function bootAgain(services: JobServices, instanceId: string): Promise<void> {
  const { records, jobs } = services;
  const instance = await records.read.instances.get(instanceId);
  if (instance?.state !== 'running') return;
  try {
    await runGuest(services, instance);
  } catch (error) {
    const reason = (error as Error).message;
    await records.transaction(writer =>
      jobs.enqueue(writer, 'recover-instance', instanceId, { instanceId, reason }),
    );
  }
}

async function makeVolume(services: JobServices, { instanceId, volumeId }: ReplaceRootVolumeTask) {
  await requireRunning(services, instanceId);
  const volume = (await services.records.read.volumes.get(volumeId))!;
  await requireVolumeKeys(services, [volume]);
  await prepareVolume(services, volume);
}

async function requireRunning({ records }: JobServices, instanceId: string): Promise<void> {
  const instance = await records.read.instances.get(instanceId);
  if (instance?.state !== 'running') throw notRunning(instanceId);
}

const notRunning = (instanceId: string) =>
  new PermanentFailure('IncorrectInstanceState', `The instance '${instanceId}' does not run any more.`);

/** A volume that is to go elsewhere must not be held by the process of an instance whose other volumes are still read. */
async function closeUnlessRunning(
  { disks, engine, locks }: JobServices,
  instanceId: string,
  volumeId: string,
): Promise<void> {
  await locks.run(`holder ${instanceId}`, async () => {
    if (await engine.isRunning(instanceId)) return;
    if (await disks.isOpen(instanceId)) await disks.closeVolume(instanceId, volumeId);
  });
}

async function swap(services: JobServices, writer: RegionWriter, task: ReplaceRootVolumeTask): Promise<void> {
  const { instance, old, next } = await parts(writer, task);
  if (instance?.state !== 'running' || !old?.attachment || !next) throw notRunning(task.instanceId);
  const now = services.now().toISOString();
  const after = swapped({ ...old, attachment: old.attachment }, next, now);
  await writer.volumes.put(after.old);
  await writer.volumes.put(after.next);
  await writer.instances.put(onOtherRoot(instance, task.after, now));
}

async function succeed(services: JobServices, writer: RegionWriter, task: ReplaceRootVolumeTask) {
  const { instance, old } = await parts(writer, task);
  if (instance) {
    const replacedRootVolumeIds = [...(instance.replacedRootVolumeIds ?? []), task.replacedVolumeId];
    await writer.instances.put({ ...instance, replacedRootVolumeIds });
  }
  if (old?.attachment?.instanceId === task.instanceId) {
    await putDetached(writer, old);
    if (task.deleteReplacedRootVolume) await remove(services, writer, task.replacedVolumeId);
  }
  await putState(writer, task, 'succeeded', services.now());
}

/** The replaced volume is in its place again, and the new one goes. */
async function swapBack(
  services: JobServices,
  writer: RegionWriter,
  task: ReplaceRootVolumeTask,
): Promise<void> {
  const { instance, old, next } = await parts(writer, task);
  if (!next || next.state === 'deleting' || next.state === 'deleted') return;
  if (next.attachment && old?.attachment)
    await writer.volumes.put({ ...old, attachment: { ...old.attachment, state: 'attached' } });
  if (next.attachment && instance)
    await writer.instances.put(onOtherRoot(instance, task.before, services.now().toISOString()));
  const { attachment: _, ...rest } = next;
  await writer.volumes.put(rest);
  await remove(services, writer, next.volumeId);
}

async function parts(
  writer: RegionWriter,
  { instanceId, replacedVolumeId, volumeId }: ReplaceRootVolumeTask,
): Promise<{ instance?: Instance; old?: Volume; next?: Volume }> {
  const [instance, old, next] = [
    await writer.instances.get(instanceId),
    await writer.volumes.get(replacedVolumeId),
    await writer.volumes.get(volumeId),
  ];
  return { ...(instance && { instance }), ...(old && { old }), ...(next && { next }) };
}

async function remove({ jobs }: JobServices, writer: RegionWriter, volumeId: string): Promise<void> {
  await writer.volumes.put({ ...(await writer.volumes.get(volumeId))!, state: 'deleting' });
  await jobs.enqueue(writer, 'delete-volume', volumeId, { volumeId });
}

async function putState(
  writer: RegionWriter,
  { replaceRootVolumeTaskId: id }: ReplaceRootVolumeTask,
  state: ReplaceRootVolumeTask['state'],
  completed?: Date,
): Promise<void> {
  const task = await writer.replaceRootVolumeTasks.get(id);
  if (task)
    await writer.replaceRootVolumeTasks.put({
      ...task,
      state,
      ...(completed && { completeTime: completed.toISOString() }),
    });
}
