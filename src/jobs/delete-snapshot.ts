import type { JobKind } from './job.ts';
import type { JobInputs } from './kinds.ts';
import { releaseManifest } from './release-manifest.ts';
import type { JobServices } from './services.ts';

/** The job that stores a snapshot ends its session itself, as soon as it sees that nobody wants it any more. */
async function isBeingStored({ records }: JobServices, snapshotId: string): Promise<boolean> {
  const jobs = await records.read.jobs.list({ kind: 'store-snapshots', state: ['queued', 'failing'] });
  return jobs.some(job =>
    (job.input as JobInputs['store-snapshots']).views.some(view => view.snapshotId === snapshotId),
  );
}

/** What is left to do after DeleteSnapshot has removed the record. */
export const deleteSnapshot: JobKind<'delete-snapshot', JobServices> = {
  kind: 'delete-snapshot',
  async run({ input: { snapshotId } }, services) {
    if (!(await isBeingStored(services, snapshotId))) await services.blocks.abortSession(snapshotId);
    await releaseManifest(services, snapshotId);
  },
  async failed({ input: { snapshotId } }, reason, { log }) {
    log.error("a deleted snapshot's manifest could not be removed", { snapshotId, reason: reason.message });
  },
  attempts: 10,
};
