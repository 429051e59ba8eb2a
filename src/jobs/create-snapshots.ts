import { closeIfIdle } from './close-if-idle.ts';
import { failSnapshots } from './fail-snapshots.ts';
import { freezeVolumes } from './freeze-volumes.ts';
import type { JobKind } from './job.ts';
import type { JobServices } from './services.ts';

/** Freezes volumes for their pending snapshots. */
export const createSnapshots: JobKind<'create-snapshots', JobServices> = {
  kind: 'create-snapshots',
  async run(job, services) {
    if (job.checkpoint === 'frozen') return;
    const snapshots = await services.records.read.snapshots.getMany(job.input.snapshotIds);
    await freezeVolumes(services, job, snapshots);
  },
  async failed({ subject, checkpoint, input: { snapshotIds } }, reason, services) {
    if (checkpoint === 'frozen') return; // what is frozen is being stored
    await failSnapshots(services, snapshotIds, reason);
    await closeIfIdle(services, subject);
  },
};
