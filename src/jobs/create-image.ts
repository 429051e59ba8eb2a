import { failSnapshots } from './fail-snapshots.ts';
import { freezeVolumes } from './freeze-volumes.ts';
import { type JobKind, PermanentFailure } from './job.ts';
import { runGuest } from './run-guest.ts';
import type { JobServices } from './services.ts';
import { settleImages } from './settle-images.ts';

/**
 * Freezes an instance's volumes for an image. Unless NoReboot was asked for, the guest is shut down first, so that what
 * it had buffered is in the image, and boots again at once: the blocks are stored while it runs.
 */
export const createImage: JobKind<'create-image', JobServices> = {
  kind: 'create-image',
  async run(job, services) {
    const { imageId, instanceId, reboot } = job.input;
    const { records, engine, shutdownTimeout } = services;
    const [image, instance] = await Promise.all([
      records.read.images.get(imageId),
      records.read.instances.get(instanceId),
    ]);
    const mayReboot = reboot && instance?.state === 'running';
    if (image?.state === 'pending' && job.checkpoint !== 'frozen') {
      if (mayReboot) await engine.shutdown(instanceId, shutdownTimeout);
      await freezeVolumes(services, await pendingSnapshots(services, imageId));
      await job.save('frozen');
    }
    if (mayReboot) await runGuest(services, instance);
    await records.transaction(writer => settleImages(writer, snapshotIdsOf(image)));
  },
  async failed(job, reason, services) {
    const { imageId, instanceId } = job.input;
    const image = await services.records.read.images.get(imageId);
    await failSnapshots(services, snapshotIdsOf(image), reason);
    const instance = await services.records.read.instances.get(instanceId);
    if (instance?.state === 'running' && !(await services.engine.isRunning(instanceId)))
      await services.records.transaction(writer =>
        services.jobs.enqueue(writer, 'recover-instance', instanceId, { instanceId, reason: reason.message }),
      );
  },
};

async function pendingSnapshots({ records }: JobServices, imageId: string) {
  const image = await records.read.images.get(imageId);
  const snapshots = await records.read.snapshots.getMany(snapshotIdsOf(image));
  if (snapshots.some(snapshot => snapshot.state === 'error'))
    throw new PermanentFailure(
      'Server.InternalError',
      'Server.InternalError: a snapshot of the image failed.',
    );
  return snapshots;
}

const snapshotIdsOf = (
  image: { blockDeviceMappings: { ebs?: { snapshotId?: string } }[] } | undefined,
): string[] => image?.blockDeviceMappings.flatMap(mapping => mapping.ebs?.snapshotId ?? []) ?? [];
