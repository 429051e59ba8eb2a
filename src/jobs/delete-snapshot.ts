import type { JobKind } from './job.ts';
import { releaseManifest } from './release-manifest.ts';
import type { JobServices } from './services.ts';

/** What is left to do after DeleteSnapshot has removed the record. */
export const deleteSnapshot: JobKind<'delete-snapshot', JobServices> = {
  kind: 'delete-snapshot',
  run: ({ input: { snapshotId } }, services) => releaseManifest(services, snapshotId),
  async failed({ input: { snapshotId } }, reason, { log }) {
    log.error("a deleted snapshot's manifest could not be removed", { snapshotId, reason: reason.message });
  },
  attempts: 10,
};
