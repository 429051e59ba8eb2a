import { type FastRestoreState, moved } from '../domain/fast-snapshot-restore.ts';
import { type JobKind, PermanentFailure } from './job.ts';
import type { JobServices } from './services.ts';
import { stateReasonOf } from './state-reason.ts';
import { requireSnapshotKey } from './usable-keys.ts';
import { warmSnapshot } from './warm-snapshot.ts';

/**
 * Takes the fast snapshot restores of one snapshot where they are to go, in all zones: those to be enabled when its blocks
 * are at hand, which is one cache for all zones; those to be disabled at once.
 */
export const fastSnapshotRestores: JobKind<'fast-snapshot-restores', JobServices> = {
  kind: 'fast-snapshot-restores',
  async run({ input: { snapshotId }, signal }, services) {
    await move(services, snapshotId, ['disabling'], 'disabled');
    await move(services, snapshotId, ['enabling'], 'optimizing');
    const optimizing = () =>
      services.records.read.fastSnapshotRestores.list({ snapshotId, state: 'optimizing' });
    const wanted = await optimizing();
    if (wanted.length === 0) return;
    const snapshot = await services.records.read.snapshots.get(snapshotId);
    if (!snapshot)
      throw new PermanentFailure(
        'Client.InvalidSnapshot.NotFound',
        `Client.InvalidSnapshot.NotFound: The snapshot '${snapshotId}' does not exist.`,
      );
    for (const { ownerId } of wanted)
      await requireSnapshotKey(services, { ownerId, kmsKeyId: snapshot.kmsKeyId });
    const warmed = await warmSnapshot(
      services,
      snapshotId,
      signal,
      async () => (await optimizing()).length > 0,
    );
    if (warmed) await move(services, snapshotId, ['optimizing'], 'enabled');
  },
  async failed({ input: { snapshotId } }, reason, services) {
    const { message } = stateReasonOf(reason);
    await move(services, snapshotId, ['enabling', 'optimizing', 'disabling'], 'disabled', message);
  },
};

async function move(
  { records, now }: JobServices,
  snapshotId: string,
  from: FastRestoreState[],
  to: FastRestoreState,
  reason?: string,
): Promise<void> {
  await records.transaction(async writer => {
    for (const restore of await writer.fastSnapshotRestores.list({ snapshotId, state: from }))
      await writer.fastSnapshotRestores.put(moved(restore, to, now(), reason));
  });
}
