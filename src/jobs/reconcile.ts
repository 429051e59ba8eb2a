import { isPoweredOn } from '../domain/instance-state.ts';
import { applyVpc } from './apply-vpc.ts';
import { onGuestExit } from './guest-exits.ts';
import { releaseManifest } from './release-manifest.ts';
import type { JobServices } from './services.ts';

/**
 * Brings what outlived the last server and what the records say together, before jobs go on: guests are adopted,
 * guests that ended meanwhile are seen to, and whatever has no record is removed.
 */
export async function reconcile(services: JobServices): Promise<void> {
  const adopted = new Set(await services.engine.adopt());
  await endOrphanGuests(services, adopted);
  await endGuestsWithoutDisks(services, adopted);
  await closeOrphanHolders(services, adopted);
  await deleteOrphanVolumes(services);
  await restoreNetworks(services);
  await removeOrphanImports(services);
  await abortOrphanSessions(services);
  await releaseOrphanManifests(services);
  await seeToEndedGuests(services, adopted);
}

async function endOrphanGuests({ records, engine, log }: JobServices, adopted: Set<string>): Promise<void> {
  for (const instanceId of adopted) {
    const instance = await records.read.instances.get(instanceId);
    if (instance && isPoweredOn(instance)) continue;
    log.info('ending a guest that has no record', { instanceId });
    await engine.kill(instanceId);
    adopted.delete(instanceId);
  }
}

/** A guest whose volumes' process died waits for ever: it is ended, and then seen to like one that crashed. */
async function endGuestsWithoutDisks(
  { engine, disks, log }: JobServices,
  adopted: Set<string>,
): Promise<void> {
  for (const instanceId of adopted) {
    if (await disks.isOpen(instanceId)) continue;
    log.error('ending a guest whose volumes were lost', { instanceId });
    await engine.kill(instanceId);
    adopted.delete(instanceId);
  }
}

async function closeOrphanHolders({ records, disks }: JobServices, adopted: Set<string>): Promise<void> {
  const queued = await records.read.jobs.list({ state: ['queued', 'failing'] });
  const wanted = new Set(
    queued.flatMap(job => [job.subject, (job.input as { holderId?: string }).holderId ?? '']),
  );
  for (const holderId of await disks.holders())
    if (!adopted.has(holderId) && !wanted.has(holderId)) await disks.close(holderId);
}

async function deleteOrphanVolumes({ records, disks, log }: JobServices): Promise<void> {
  for (const volumeId of await disks.list()) {
    const volume = await records.read.volumes.get(volumeId);
    if (volume && volume.state !== 'deleted') continue;
    log.info('deleting an overlay that has no volume', { volumeId });
    await disks.delete(volumeId);
  }
}

async function restoreNetworks(services: JobServices): Promise<void> {
  const { records, network, log } = services;
  const instances = await records.read.instances.list();
  const used = instances.filter(isPoweredOn).map(instance => instance.vpcId);
  for (const vpcId of new Set([...(await network.list()), ...used]))
    await applyVpc(services, vpcId).catch(error =>
      log.error('a VPC could not be restored', { vpcId, reason: String(error) }),
    );
}

/** Files fetched for a task that has ended, or is forgotten. */
async function removeOrphanImports({ records, imports }: JobServices): Promise<void> {
  for (const importTaskId of await imports.list())
    if ((await records.read.importTasks.get(importTaskId))?.state !== 'active')
      await imports.remove(importTaskId);
}

async function abortOrphanSessions({ records, blocks }: JobServices): Promise<void> {
  for (const sessionId of await blocks.openSessions()) {
    const snapshot = await records.read.snapshots.get(sessionId);
    if (snapshot?.state !== 'pending') await blocks.abortSession(sessionId);
  }
}

/** What a server that was killed between the end of a snapshot or volume and the release of its manifest left. */
async function releaseOrphanManifests(services: JobServices): Promise<void> {
  for (const snapshotId of await services.blocks.listManifests()) await releaseManifest(services, snapshotId);
}

/** A guest whose instance is `running` and which is not there ended while no server was looking. */
async function seeToEndedGuests(services: JobServices, adopted: Set<string>): Promise<void> {
  for (const { instanceId } of await services.records.read.instances.list({ state: 'running' }))
    if (!adopted.has(instanceId)) await onGuestExit(services, instanceId, 'crashed');
}
