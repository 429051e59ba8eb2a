import type { Image } from '../domain/image.ts';
import { closeIfIdle } from './close-if-idle.ts';
import { failSnapshots, whyImageEnded } from './fail-snapshots.ts';
import { freezeVolumes } from './freeze-volumes.ts';
import { type JobKind, PermanentFailure } from './job.ts';
import { runGuest } from './run-guest.ts';
import type { JobServices } from './services.ts';
import { settleImages, snapshotIdsOf } from './settle-images.ts';

/**
 * Freezes an instance's volumes for an image. Unless NoReboot was asked for, the guest is shut down first, so that what
 * it had buffered is in the image, and boots again at once: the blocks are stored while it runs.
 */
export const createImage: JobKind<'create-image', JobServices> = {
  kind: 'create-image',
  async run(job, services) {
    const { imageId, instanceId, reboot } = job.input;
    const { records, engine, shutdownTimeout } = services;
    const image = await records.read.images.get(imageId);
    if (image && job.checkpoint !== 'frozen') {
      if (image.state !== 'pending') {
        const { code, message } = whyImageEnded(image);
        throw new PermanentFailure(code, message);
      }
      if (reboot && (await runningInstance(services, instanceId)))
        await engine.shutdown(instanceId, shutdownTimeout);
      await freezeVolumes(services, job, await pendingSnapshots(services, image));
    }
    const instance = reboot && (await runningInstance(services, instanceId));
    if (instance) await runGuest(services, instance);
    if (image) await records.transaction(writer => settleImages(writer, snapshotIdsOf(image)));
  },
  async failed(job, reason, services) {
    const { imageId, instanceId } = job.input;
    const { records, jobs } = services;
    const image = await records.read.images.get(imageId);
    // What is frozen is being stored, even where the guest does not boot again.
    if (image && job.checkpoint !== 'frozen') await failSnapshots(services, snapshotIdsOf(image), reason);
    await closeIfIdle(services, instanceId);
    await records.transaction(async writer => {
      if ((await writer.instances.get(instanceId))?.state === 'running')
        await jobs.enqueue(writer, 'recover-instance', instanceId, { instanceId, reason: reason.message });
    });
  },
};

async function pendingSnapshots({ records }: JobServices, image: Image) {
  const snapshots = await records.read.snapshots.getMany(snapshotIdsOf(image));
  if (snapshots.some(snapshot => snapshot.state === 'error'))
    throw new PermanentFailure(
      'Server.InternalError',
      'Server.InternalError: a snapshot of the image failed.',
    );
  return snapshots;
}

async function runningInstance({ records }: JobServices, instanceId: string) {
  const instance = await records.read.instances.get(instanceId);
  return instance?.state === 'running' ? instance : undefined;
}
