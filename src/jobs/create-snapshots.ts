import { failSnapshots } from './fail-snapshots.ts';
import { freezeVolumes } from './freeze-volumes.ts';
import type { JobKind } from './job.ts';
import type { JobServices } from './services.ts';

/** Freezes volumes for their pending snapshots. */
export const createSnapshots: JobKind<'create-snapshots', JobServices> = {
  kind: 'create-snapshots',
  async run({ input: { snapshotIds } }, services) {
    await freezeVolumes(services, await services.records.read.snapshots.getMany(snapshotIds));
  },
  failed: ({ input: { snapshotIds } }, reason, services) => failSnapshots(services, snapshotIds, reason),
};
