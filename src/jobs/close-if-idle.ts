import type { FrozenViewName, JobInputs } from './kinds.ts';
import type { JobServices } from './services.ts';

/**
 * Closes a holder's volumes unless its guest runs or frozen views are still being stored: the last of those who need
 * it closes it. `stored` names the views of the job that asks, which needs it no longer.
 */
export async function closeIfIdle(
  services: JobServices,
  holderId: string,
  stored: readonly FrozenViewName[] = [],
): Promise<void> {
  const { disks, engine, locks, records } = services;
  await locks.run(`holder ${holderId}`, async () => {
    // A volume that no instance has is its own holder, and no engine knows it.
    if ((await records.read.instances.get(holderId)) && (await engine.isRunning(holderId))) return;
    const jobs = await records.read.jobs.list({ kind: 'store-snapshots', state: ['queued', 'failing'] });
    const others = jobs
      .map(job => job.input as JobInputs['store-snapshots'])
      .filter(input => input.holderId === holderId && input.views[0]?.snapshotId !== stored[0]?.snapshotId);
    if (others.length === 0) await disks.close(holderId);
  });
}
