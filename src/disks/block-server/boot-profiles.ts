import { type BootRecord, enoughBoots, learn } from '../../stores/blocks/boot-profile.ts';
import type { ProfileFiles } from '../../stores/blocks/local/files/profile-files.ts';
import type { BlockPlan } from './block-plan.ts';
import { type BootRecorder, bootRecorder } from './boot-recorder.ts';
import { fetchAhead } from './fetch-ahead.ts';
import type { SegmentCache } from './segment-cache.ts';

/** One connection's part in what is known of a snapshot's boots. */
export interface BootWatch {
  note(offset: number, length: number): void;
  close(): void;
}

export interface BootProfiles {
  /** A client opened a snapshot: what boots read of it is fetched, and what this one reads is noted. */
  watch(snapshotId: string, plan: BlockPlan): BootWatch;
  /** What was learned of boots that have ended is written. */
  settled(): Promise<void>;
}

export interface BootProfilesOptions {
  profiles: ProfileFiles;
  manifests: { has(snapshotId: string): Promise<boolean> };
  cache: SegmentCache;
  parallel: number;
  onError?(error: unknown): void;
}

/** Fetches the blocks of past boots ahead of new ones, and learns from those. */
export function bootProfiles(options: BootProfilesOptions): BootProfiles {
  const { profiles, manifests, cache, parallel, onError = () => undefined } = options;
  /** Clients of a snapshot whose boot set is being fetched: it is given up when the last one has gone. */
  const fetching = new Map<string, Set<BootWatch>>();
  let saved: Promise<void> = Promise.resolve();

  /** One after the other: two boots that end together are both counted. */
  const save = (snapshotId: string, record: BootRecord) => {
    saved = saved
      .then(async () => {
        if (!(await manifests.has(snapshotId))) return;
        const before = await profiles.read(snapshotId);
        if (before && before.boots >= enoughBoots) return;
        await profiles.write(snapshotId, learn(before, record));
        // The snapshot may have been deleted meanwhile, and its profile with it.
        if (!(await manifests.has(snapshotId))) await profiles.remove(snapshotId);
      })
      .catch(onError);
  };

  const fetchBootSet = async (snapshotId: string, plan: BlockPlan, clients: Set<BootWatch>) => {
    const profile = await profiles.read(snapshotId);
    await fetchAhead(profile?.blocks ?? [], {
      ...{ plan, cache, parallel },
      reader: { sequential: false, lasting: true },
      stopped: () => clients.size === 0,
    });
  };

  return {
    watch(snapshotId, plan) {
      let recorder: BootRecorder | undefined = bootRecorder({
        onEnd: record => save(snapshotId, record),
      });
      const clients = fetching.get(snapshotId) ?? new Set();
      const watch: BootWatch = {
        note: (offset, length) => recorder?.note(offset, length),
        close() {
          clients.delete(watch);
          recorder?.end();
          recorder = undefined;
        },
      };
      clients.add(watch);
      if (!fetching.has(snapshotId)) {
        fetching.set(snapshotId, clients);
        fetchBootSet(snapshotId, plan, clients)
          .catch(onError)
          .finally(() => fetching.delete(snapshotId));
      }
      return watch;
    },
    settled: () => saved,
  };
}
