import type { Manifest } from '../../stores/blocks/block-store.ts';
import { isSnapshotId } from '../../stores/blocks/local/files/manifest-files.ts';
import type { ProfileFiles } from '../../stores/blocks/local/files/profile-files.ts';
import type { SegmentSource } from '../../stores/blocks/local/read/segment-source.ts';
import type { NbdExport } from '../nbd/server.ts';
import { type BlockPlan, blockPlans, type SnapshotBlocks, snapshotBlocks } from './block-plan.ts';
import { bootProfiles } from './boot-profiles.ts';
import { counters } from './counters.ts';
import { guestDisk } from './guest-disk.ts';
import { segmentCache } from './segment-cache.ts';
import type { SharedManifests } from './shared-manifests.ts';

const defaultCacheBytes = 256 * 1024 * 1024;
/** For a store on this machine: one to read, one to decompress. */
const defaultParallel = 2;

export interface SnapshotExportsOptions {
  segments: SegmentSource;
  manifests: OpenManifests;
  /** Where boots are remembered; without it they are not. */
  profiles?: ProfileFiles;
  /** Bytes of plain segments kept in memory, of all volumes together: 256 MiB unless said. */
  cacheBytes?: number;
  /** Fetches ahead worth having under way at once: 2, more for a store that is far away. */
  parallel?: number;
  onError?(error: unknown): void;
}

/** Manifests of snapshots, each opened once for all who use it at a time. */
interface OpenManifests extends Pick<SharedManifests, 'acquire'> {
  has(snapshotId: string): Promise<boolean>;
  list(): Promise<string[]>;
}

/** Every snapshot that has a manifest, as an export of the name of its id; looked up per connection. */
export function snapshotExports(options: SnapshotExportsOptions) {
  const { segments, manifests, cacheBytes = defaultCacheBytes, parallel = defaultParallel } = options;
  const count = counters();
  const cache = segmentCache({
    maxBytes: cacheBytes,
    fetch: async (domain, number) => {
      const segment = await segments.segment(domain, number);
      count.segmentsFetched++;
      count.bytesFetched += segment.length;
      return segment;
    },
  });
  const newPlan = blockPlans(segments.recipe);
  /** One for all connections to a snapshot. */
  const plans = new WeakMap<Manifest, { blocks: SnapshotBlocks; plan: BlockPlan }>();
  const planOf = (manifest: Manifest) => {
    const blocks = snapshotBlocks(manifest);
    const known = plans.get(manifest) ?? { blocks, plan: newPlan(blocks) };
    plans.set(manifest, known);
    return known;
  };
  const boots = options.profiles && bootProfiles({ ...options, profiles: options.profiles, parallel, cache });

  return {
    counters: count,
    /** What was learned of boots that have ended is written. */
    settled: async () => boots?.settled(),
    async lookup(name: string): Promise<NbdExport | undefined> {
      const shared = isSnapshotId(name) ? await manifests.acquire(name) : undefined;
      if (!shared) return undefined;
      const { manifest, release } = shared;
      return guestDisk({ ...planOf(manifest), cache, count, parallel, boots, release });
    },
    list: () => manifests.list(),
  };
}
